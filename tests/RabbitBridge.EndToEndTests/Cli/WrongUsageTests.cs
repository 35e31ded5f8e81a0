namespace RabbitBridge.EndToEndTests.Cli;

public sealed class WrongUsageTests : IAsyncLifetime
{
    private readonly Programs _programs = Programs.Create();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _programs.DisposeAsync();

    [Theory]
    [InlineData("nonsense", "nonsense")]
    [InlineData("request a", "VALUE")]
    [InlineData("request a//b x", "PATH")]
    [InlineData("request a x --type int64", "int64")]
    [InlineData("request a x --type colour", "binary")]
    [InlineData("request a { --type json", "JSON")]
    [InlineData("request a ?? --type binary", "base64")]
    [InlineData("request a x --session 17", "session id")]
    [InlineData("request a x --address localhost", "http://")]
    [InlineData("request a x --timeout 0", "--timeout")]
    [InlineData("request a x --password p", "--principal")]
    [InlineData("filter is a x", "FILTER")]
    [InlineData("handle a", "--echo")]
    [InlineData("handle a --echo --reply x", "--echo")]
    [InlineData("stream a", "stream needs one of --echo, --reply VALUE and --file FILE")]
    [InlineData("stream a//b --echo", "PATH")]
    [InlineData("receive X", "HANDLER")]
    [InlineData("doctor --broker http://localhost", "amqp://")]
    [InlineData("gateway --Fabric Pigeons", "Pigeons")]
    [InlineData("gateway --Securty:Roles:A:Permissions:0 VIEW_SESSION", "did you mean Security:Roles")]
    [InlineData("gateway stray", "'stray' (command line): it belongs to no key")]
    public async Task Wrong_usage_ends_with_2_and_says_what_is_wrong(string arguments, string told)
    {
        var run = await _programs.RunAsync(2, arguments.Split(' '));

        Assert.Contains(told, run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nonsense --json", "nonsense")]
    [InlineData("request a --json", "VALUE")]
    [InlineData("request a//b x --json", "PATH")]
    [InlineData("request --json a x --timeout 0", "--timeout")]
    [InlineData("routes --json --address localhost", "http://")]
    [InlineData("doctor --json --broker amqps://localhost --certificate /nowhere.pem", "--certificate")]
    public async Task Wrong_usage_is_told_as_JSON_where_that_is_asked_for_F12(string arguments, string told)
    {
        var run = await _programs.RunAsync(2, arguments.Split(' '));

        Assert.All(run.Lines, line => Assert.Equal("WRONG_USAGE", line.GetProperty("error").GetString()));
        Assert.Contains(run.Lines, line => line.GetProperty("message").GetString()!.Contains(told, StringComparison.Ordinal));
        Assert.Empty(run.Errors.Trim());
    }

    [Fact]
    public async Task After_two_dashes_json_is_a_value_F12()
    {
        var run = await _programs.RunAsync(2, "request", "--address", "localhost", "a", "--", "--json");

        Assert.Contains("http://", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gateway_that_cannot_be_reached_ends_with_3()
    {
        var address = $"http://127.0.0.1:{Programs.FreePort()}";

        var request = await _programs.RunAsync(3, "request", "a", "x", "--address", address, "--timeout", "2");
        Assert.Contains("refused", request.Errors, StringComparison.Ordinal);
        var json = await _programs.RunAsync(3, "routes", "--address", address, "--timeout", "2", "--json");
        Assert.Equal("COMMUNICATION_FAILURE", Assert.Single(json.Lines).GetProperty("error").GetString());
        await _programs.RunAsync(3, "doctor", "--address", address, "--timeout", "5");
    }

    [Fact]
    public async Task A_password_is_hashed()
    {
        var run = _programs.StartWith([], "secret\n", ["hash-password"]);

        Assert.Equal(0, await run.EndAsync());
        Assert.True(PasswordHash.Verify(run.Output.Trim(), "secret"));
        Assert.Equal(2, await _programs.StartWith([], "", ["hash-password"]).EndAsync());
    }

    [Fact]
    public async Task The_help_tells_the_exit_codes()
    {
        var run = await _programs.RunAsync(0, "--help");

        Assert.Contains("Exit codes: 0 done", run.Output, StringComparison.Ordinal);
        Assert.Contains("doctor", run.Output, StringComparison.Ordinal);
    }
}
