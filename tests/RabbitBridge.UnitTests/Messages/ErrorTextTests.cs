namespace RabbitBridge.UnitTests.Messages;

public sealed class ErrorTextTests
{
    [Fact]
    public void A_text_is_shortened_between_characters_and_only_if_it_must_be()
    {
        var longest = new string('x', ErrorText.MaxLength);
        var pair = "\ud83d\udc07";

        Assert.Same(longest, ErrorText.Shortened(longest));
        Assert.Equal(longest[1..] + "…", ErrorText.Shortened(longest + "y"));
        Assert.Equal(longest[2..] + "…", ErrorText.Shortened(longest[2..] + pair + "y"));
        Assert.Equal(longest[3..] + pair + "…", ErrorText.Shortened(longest[3..] + pair + "yz"));
    }
}
