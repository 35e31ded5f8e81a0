namespace RabbitBridge.UnitTests.Security;

public sealed class PasswordHashTests
{
    private const int Quick = 100_000;

    [Fact]
    public void A_hash_fits_its_password_alone()
    {
        var hash = PasswordHash.Create("correct horse", Quick);

        Assert.StartsWith("pbkdf2-sha512$100000$", hash, StringComparison.Ordinal);
        Assert.True(PasswordHash.Verify(hash, "correct horse"));
        Assert.False(PasswordHash.Verify(hash, "Correct horse"));
        Assert.False(PasswordHash.Verify(hash, ""));
        Assert.NotEqual(hash, PasswordHash.Create("correct horse", Quick));
    }

    [Fact]
    public void The_default_are_210_000_iterations() => Assert.StartsWith("pbkdf2-sha512$210000$", PasswordHash.Create("x"), StringComparison.Ordinal);

    [Theory]
    [InlineData("", "form")]
    [InlineData("secret", "form")]
    [InlineData("md5$100000$AAAAAAAAAAAAAAAAAAAAAA==$AA==", "form")]
    [InlineData("pbkdf2-sha512$1000$AAAAAAAAAAAAAAAAAAAAAA==$AA==", "from 100000 to 10000000")]
    [InlineData("pbkdf2-sha512$many$AAAAAAAAAAAAAAAAAAAAAA==$AA==", "from 100000")]
    [InlineData("pbkdf2-sha512$210000$AA==$AA==", "salt")]
    [InlineData("pbkdf2-sha512$210000$?$AA==", "salt")]
    [InlineData("pbkdf2-sha512$210000$AAAAAAAAAAAAAAAAAAAAAA==$AA==", "hash")]
    public void A_hash_that_cannot_be_read_is_told(string hash, string problem) =>
        Assert.Contains(problem, Assert.Throws<FormatException>(() => PasswordHash.Verify(hash, "x")).Message, StringComparison.Ordinal);

    [Fact]
    public void Weak_hashes_and_empty_passwords_are_not_made()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => PasswordHash.Create("x", Quick - 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => PasswordHash.Create("x", 10_000_001));
        Assert.Throws<ArgumentException>(() => PasswordHash.Create(""));
    }
}
