using System.Buffers.Text;
using System.Text;
using RabbitBridge.Cli.Remote;

namespace RabbitBridge.Cli.UnitTests.Remote;

public sealed class TokenExpiryTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddSeconds(1_700_000_000);

    [Fact]
    public void A_token_whose_time_is_over_says_since_when_F12() =>
        Assert.Equal("The token has expired, at 2023-11-14 22:13:20Z.", TokenExpiry.Find(Token("""{"sub":"ann","exp":1700000000}"""), Now));

    [Theory]
    [InlineData("""{"exp":1700000001}""")]
    [InlineData("""{"sub":"ann"}""")]
    [InlineData("""{"exp":"tomorrow"}""")]
    [InlineData("""{"exp":1e300}""")]
    [InlineData("[1]")]
    [InlineData("{")]
    public void Of_other_claims_nothing_is_said_F12(string claims) => Assert.Null(TokenExpiry.Find(Token(claims), Now));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("opaque")]
    [InlineData("a.b.c.d")]
    [InlineData("a.?.c")]
    public void Of_what_is_no_JSON_Web_Token_nothing_is_said_F12(string? token) => Assert.Null(TokenExpiry.Find(token, Now));

    private static string Token(string claims) => $"head.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}.signature";
}
