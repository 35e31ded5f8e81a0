using CsCheck;

namespace RabbitBridge.UnitTests.Sessions;

public sealed class SessionIdTests
{
    [Fact]
    public void The_text_is_two_parts_of_sixteen_lower_case_digits() =>
        Assert.Equal("00000000000000ff-fedcba9876543210", new SessionId(255, 0xfedcba9876543210).ToString());

    [Fact]
    public void Reading_the_text_gives_the_id() => Gen.Select(Gen.ULong, Gen.ULong).Sample((gateway, session) =>
    {
        var id = new SessionId(gateway, session);
        Assert.Equal(id, SessionId.Parse(id.ToString()));
    });

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("00000000000000ff")]
    [InlineData("00000000000000ff-")]
    [InlineData("00000000000000ff_fedcba9876543210")]
    [InlineData("00000000000000ff-fedcba987654321")]
    [InlineData("00000000000000ff-fedcba98765432100")]
    [InlineData("0000000000000xff-fedcba9876543210")]
    [InlineData("00000000000000ff-fedcba987654 210")]
    [InlineData(" 0000000000000ff-fedcba9876543210")]
    [InlineData("+0000000000000ff-fedcba9876543210")]
    public void Other_texts_are_refused(string? text)
    {
        Assert.False(SessionId.TryParse(text, out var id));
        Assert.Equal(default, id);
        if (text is not null)
            Assert.Throws<FormatException>(() => SessionId.Parse(text));
    }
}
