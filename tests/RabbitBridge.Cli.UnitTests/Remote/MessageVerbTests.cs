using RabbitBridge.Cli.Remote;

namespace RabbitBridge.Cli.UnitTests.Remote;

public sealed class MessageVerbTests
{
    [Theory]
    [InlineData("[1]", "not Array")]
    [InlineData("null", "not Null")]
    [InlineData("{", "no JSON")]
    public void A_payload_that_is_no_object_is_wrong_usage(string payload, string told) =>
        Assert.Contains(told, Assert.Single(Errors("X", "h", payload)), StringComparison.Ordinal);

    [Theory]
    [InlineData("--scope", "X", "C for clients")]
    [InlineData("--scope", "c", "C for clients")]
    [InlineData("--session", "17", "session id")]
    public void Options_that_select_nothing_possible_are_wrong_usage(string option, string value, string told) =>
        Assert.Contains(told, string.Join(' ', Errors("X", "h", "{}", option, value)), StringComparison.Ordinal);

    [Theory]
    [InlineData("", "h", "PROJECT")]
    [InlineData("X", " ", "HANDLER")]
    public void Empty_names_are_wrong_usage(string project, string handler, string told) =>
        Assert.Contains(told, Assert.Single(Errors(project, handler, "{}")), StringComparison.Ordinal);

    [Fact]
    public void All_options_together_are_right() =>
        Assert.Empty(Errors("X", "h", "{\"a\":1}", "--scope", "CG", "--user", "u", "--role", "r", "--host", "n", "--session", $"{default(SessionId)}", "--server", "a", "--server", "b"));

    private static List<string> Errors(params string[] arguments) => [.. MessageVerb.Create().Parse(arguments).Errors.Select(error => error.Message)];
}
