namespace RabbitBridge.EndToEndTests.Cli;

/// <summary>The verbs that change, close and watch sessions, and those that take their value from elsewhere, at a single gateway without a broker.</summary>
public sealed class SessionVerbsTests(SoloGateway gateway) : IClassFixture<SoloGateway>, IAsyncLifetime
{
    private readonly Programs _programs = Programs.Create();
    private readonly string _address = gateway.Address;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _programs.DisposeAsync();
        await gateway.LeftAsync();
    }

    [Fact]
    public async Task Properties_and_roles_are_set_by_id_and_by_filter()
    {
        await using var target = await RabbitBridgeClient.ConnectAsync(_address);

        Assert.Equal("1 session\n", (await _programs.RunAsync(0, "set", $"{target.Id}", "Floor=2=3", "Desk=7", "--add-role", "auditor", "--address", _address)).Output);
        await Until.TrueAsync(() => target.Properties.GetValueOrDefault("Floor") == "2=3" && target.Properties["$Roles"] == "\"auditor\"", "the session knows its properties");

        var all = await _programs.RunAsync(0, "set", "Floor is '2=3'", "--remove", "Desk", "--address", _address, "--json");
        Assert.Equal(1, Assert.Single(all.Lines).GetProperty("sessions").GetInt32());
        Assert.Equal("1 session\n", (await _programs.RunAsync(0, "set", "hasRoles 'auditor'", "--remove-role", "auditor", "--address", _address)).Output);
        await Until.TrueAsync(() => !target.Properties.ContainsKey("Desk") && target.Properties["$Roles"].Length == 0, "the session has lost them");
    }

    [Fact]
    public async Task What_cannot_be_set_is_told_and_changes_nothing()
    {
        await using var target = await RabbitBridgeClient.ConnectAsync(_address);

        Assert.Contains("KEY=VALUE", (await _programs.RunAsync(2, "set", $"{target.Id}", "Floor", "--address", _address)).Errors, StringComparison.Ordinal);
        Assert.Contains("set needs", (await _programs.RunAsync(2, "set", $"{target.Id}", "--address", _address)).Errors, StringComparison.Ordinal);
        Assert.Contains("either properties or roles", (await _programs.RunAsync(2, "set", "Desk is '7'", "Floor=1", "--add-role", "r", "--address", _address)).Errors, StringComparison.Ordinal);
        var fixedKey = await _programs.RunAsync(2, "set", $"{target.Id}", "Floor=1", "$Principal=me", "--add-role", "r", "--address", _address, "--json");
        Assert.Contains("'$Principal' cannot be set", Assert.Single(fixedKey.Lines).GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Contains("no session's id, and no filter", (await _programs.RunAsync(2, "close", "Floor is", "--address", _address)).Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("Floor", target.Properties.Keys);
        Assert.Equal("", target.Properties["$Roles"]);
    }

    [Fact]
    public async Task A_session_that_is_closed_is_told_why_and_its_verb_ends_with_the_reason()
    {
        var stream = _programs.Start("stream", "greeting", "--reply", "hello", "--address", _address, "--json");
        await Until.TrueAsync(() => stream.Lines.Count == 1, "the stream is there");
        var session = stream.Lines[0].GetProperty("session").GetString()!;

        Assert.Equal("1 session\n", (await _programs.RunAsync(0, "close", session, "--address", _address)).Output);

        Assert.Equal(1, await stream.EndAsync());
        Assert.Equal(("Closed", "ClosedByController"), (stream.Lines[^1].GetProperty("state").GetString(), stream.Lines[^1].GetProperty("reason").GetString()));
        Assert.Contains("NO_SUCH_SESSION", (await _programs.RunAsync(1, "close", session, "--address", _address)).Errors, StringComparison.Ordinal);
        Assert.Equal("0 sessions\n", (await _programs.RunAsync(0, "close", "$Principal is 'nobody'", "--address", _address)).Output);
    }

    [Fact]
    public async Task All_others_are_closed_and_the_verb_tells_how_many()
    {
        await using var one = await RabbitBridgeClient.ConnectAsync(_address);
        await using var two = await RabbitBridgeClient.ConnectAsync(_address);

        Assert.Equal("2 sessions\n", (await _programs.RunAsync(0, "close", "all", "--address", _address)).Output);

        await Until.TrueAsync(() => one.Closed.IsCancellationRequested && two.Closed.IsCancellationRequested, "both know that they are closed");
    }

    [Fact]
    public async Task Sessions_are_watched_as_they_come_change_and_go()
    {
        var watch = _programs.Start("watch", "sessions", "Watched is 'yes' or Watched is 'still'", "--properties", "Watched", "--address", _address, "--json");
        await using (var target = await RabbitBridgeClient.ConnectAsync(_address))
        {
            await target.Sessions.SetPropertiesAsync(target.Id, new Dictionary<string, string?> { ["Watched"] = "yes" });
            await Until.TrueAsync(() => watch.Lines.Count == 1, "the session is told");
            await target.Sessions.SetPropertiesAsync(target.Id, new Dictionary<string, string?> { ["Watched"] = "still" });
            await Until.TrueAsync(() => watch.Lines.Count == 2, "the change is told");
            Assert.Equal("still", watch.Lines[1].GetProperty("properties").GetProperty("Watched").GetString());
            Assert.Equal("yes", watch.Lines[1].GetProperty("previous").GetProperty("Watched").GetString());
        }

        await Until.TrueAsync(() => watch.Lines.Count == 3, "the end is told");
        // That it is open is told if the verb has come after it; else that it satisfies the filter now.
        Assert.True(watch.Lines[0].GetProperty("event").GetString() is "opened" or "changed");
        Assert.Equal(["changed", "closed"], watch.Lines.Skip(1).Select(line => line.GetProperty("event").GetString()));
        Signals.SendInterrupt(watch.Id);
        Assert.Equal(0, await watch.EndAsync());
    }

    [Fact]
    public async Task Routes_are_watched_as_they_come_and_go()
    {
        var watch = _programs.Start("watch", "routes", "--address", _address);
        var handler = await _programs.StartHandlerAsync("watched", _address, "--echo");
        await Until.TrueAsync(() => watch.Output.Contains("came watched 1 handler here\n", StringComparison.Ordinal), "the route is told");
        Signals.SendInterrupt(handler.Id);
        await Until.TrueAsync(() => watch.Output.Contains("went watched", StringComparison.Ordinal), "its end is told");
        Signals.SendInterrupt(watch.Id);
        Assert.Equal(0, await watch.EndAsync());
    }

    [Theory]
    [InlineData("text", "tea\n", "tea\n\n")]
    [InlineData("json", "{\"a\": [1]}\n", "{\"a\": [1]}\n\n")]
    [InlineData("int64", "\uFEFF 7\n", "7\n")]
    [InlineData("int64", "-42", "-42\n")]
    [InlineData("text", "\uFEFFtea", "tea\n")]
    [InlineData("text", "", "\n")]
    public async Task Values_come_from_standard_input_and_from_files(string type, string input, string output)
    {
        await _programs.StartHandlerAsync("shop", _address, "--echo");
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, input);
            Assert.Equal(output, (await _programs.RunAsync(0, "request", "shop", "--file", file, "--type", type, "--address", _address)).Output);
        }
        finally
        {
            File.Delete(file);
        }

        var piped = _programs.StartWith([], input, ["request", "shop", "-", "--type", type, "--address", _address]);
        Assert.Equal(0, await piped.EndAsync());
        Assert.Equal(output, piped.Output);
    }

    [Fact]
    public async Task A_file_of_bytes_is_sent_as_it_is_and_may_be_what_a_handler_answers()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(file, [0, 1, 254, 255]);
            await _programs.StartHandlerAsync("bytes", _address, "--file", file, "--type", "binary");
            await using var client = await RabbitBridgeClient.ConnectAsync(_address);
            Assert.Equal([0, 1, 254, 255], await client.Messages.SendRequestAsync<string, byte[]>("bytes", "?"));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Values_that_cannot_be_had_are_told()
    {
        Assert.Contains("cannot be read", (await _programs.RunAsync(2, "request", "shop", "--file", "/nowhere/tea", "--address", _address)).Errors, StringComparison.Ordinal);
        Assert.Contains("needs one of VALUE and --file", (await _programs.RunAsync(2, "request", "shop", "--address", _address)).Errors, StringComparison.Ordinal);
        Assert.Contains("needs one of VALUE and --file", (await _programs.RunAsync(2, "request", "shop", "tea", "--file", "x", "--address", _address)).Errors, StringComparison.Ordinal);
        var piped = _programs.StartWith([], "no number", ["request", "shop", "-", "--type", "int64", "--address", _address, "--json"]);
        Assert.Equal(2, await piped.EndAsync());
        Assert.Equal("WRONG_USAGE", Assert.Single(piped.Lines).GetProperty("error").GetString());
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    public async Task Shells_are_given_completions(string shell)
    {
        Assert.Contains("[suggest:", (await _programs.RunAsync(0, "completion", shell)).Output, StringComparison.Ordinal);

        var suggestions = await _programs.RunAsync(0, "[suggest:14]", "rabbitbridge w");
        Assert.Contains("watch", suggestions.Output.Split('\n'));
    }

    [Fact]
    public async Task Bash_completes_by_its_script()
    {
        var run = _programs.StartInShell("""
            exec bash -c '
                export own="$0" dll="$2"
                rabbitbridge() { "$own" exec "$dll" "$@"; }
                export -f rabbitbridge
                exec bash -c "source <(rabbitbridge completion bash); COMP_WORDS=(rabbitbridge wat); COMP_CWORD=1; COMP_LINE=\"rabbitbridge wat\"; COMP_POINT=16; _rabbitbridge; echo \"\${COMPREPLY[@]}\""
            ' "$0" "$@"
            """);

        Assert.True(await run.EndAsync() == 0, run.All);
        Assert.Equal("watch\n", run.Output);
    }
}
