namespace RabbitBridge.EndToEndTests.Cli;

/// <summary>The verbs that are clients, at a single gateway without a broker.</summary>
public sealed class RemoteVerbsTests(SoloGateway gateway) : IClassFixture<SoloGateway>, IAsyncLifetime
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
    public async Task A_request_is_answered_by_an_echo_in_its_own_type_and_the_handler_prints_it_and_ends_with_Ctrl_C()
    {
        var handler = await _programs.StartHandlerAsync("shop", _address, "--echo");

        Assert.Equal("tea\n", (await RequestAsync("shop/orders", "tea")).Output);
        Assert.Equal("{\"a\": [1]}\n", (await RequestAsync("shop", "{\"a\": [1]}", "--type", "json")).Output);
        var number = Assert.Single((await RequestAsync("shop", "-42", "--type", "int64", "--json")).Lines);
        Assert.Equal((-42, "application/vnd.rabbitbridge.int64"), (number.GetProperty("value").GetInt64(), number.GetProperty("contentType").GetString()));
        Assert.Equal("AAEC/w==\n", (await RequestAsync("shop", "AAEC/w==", "--type", "binary")).Output);
        Assert.Equal("0.5\n", (await RequestAsync("shop", "0.5", "--type", "double")).Output);

        await Until.TrueAsync(() => handler.Output.Contains("shop/orders from", StringComparison.Ordinal), "the request is printed");
        Assert.Contains(": tea\n", handler.Output, StringComparison.Ordinal);
        Signals.SendInterrupt(handler.Id);
        Assert.Equal(0, await handler.EndAsync());
        Assert.Contains("UNHANDLED_MESSAGE", (await _programs.RunAsync(1, "request", "shop", "tea", "--address", _address)).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fixed_reply_is_given_and_everything_is_told_as_JSON()
    {
        var handler = await _programs.StartHandlerAsync("time", _address, "--reply", "{\"hour\":7}", "--type", "json", "--json");

        var response = Assert.Single((await RequestAsync("time/now", "?", "--json")).Lines);

        Assert.Equal(7, response.GetProperty("value").GetProperty("hour").GetInt32());
        await Until.TrueAsync(() => handler.Lines.Count == 2, "the request is printed");
        Assert.Equal(["handles", "request"], handler.Lines.Select(line => line.GetProperty("event").GetString()));
        Assert.Equal(("time/now", "?"), (handler.Lines[1].GetProperty("path").GetString(), handler.Lines[1].GetProperty("value").GetString()));
    }

    [Fact]
    public async Task Sessions_are_listed_and_asked_by_id_and_by_a_filter()
    {
        await _programs.StartHandlerAsync("x", _address, ["--echo", .. Programs.Server]);

        var listed = await _programs.RunAsync(0, "sessions", "$Principal is 'server'", "--address", _address, "--json");
        var session = Assert.Single(listed.Lines).GetProperty("session").GetString()!;
        Assert.Equal("server", listed.Lines[0].GetProperty("properties").GetProperty("$Principal").GetString());
        Assert.Contains("1 session\n", (await _programs.RunAsync(0, "sessions", "$Principal is 'server'", "--address", _address, "--properties", "$Principal")).Output, StringComparison.Ordinal);

        // A session answers requests to itself by its streams, of which this one has none.
        var direct = await _programs.RunAsync(1, "request", "x", "?", "--session", session, "--address", _address, "--json");
        Assert.Equal("UNHANDLED_MESSAGE", Assert.Single(direct.Lines).GetProperty("error").GetString());
        var filtered = await _programs.RunAsync(1, "filter", "$Principal is 'server'", "x", "?", "--address", _address, "--json");
        Assert.Equal((session, "UNHANDLED_MESSAGE"), (filtered.Lines[0].GetProperty("session").GetString(), filtered.Lines[0].GetProperty("error").GetString()));
        Assert.Equal((1, 1), (filtered.Lines[1].GetProperty("sessions").GetInt32(), filtered.Lines[1].GetProperty("errors").GetInt32()));
        Assert.Contains("0 sessions, 0 errors", (await _programs.RunAsync(0, "filter", "$Principal is 'nobody'", "x", "?", "--address", _address)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_answers_what_is_sent_to_its_session_and_ends_with_Ctrl_C()
    {
        var stream = _programs.Start("stream", "greeting", "--reply", "hello", "--address", _address, "--json");
        await Until.TrueAsync(() => stream.Lines.Count == 1, "the stream is there");
        Assert.Equal(("streams", "greeting"), (stream.Lines[0].GetProperty("event").GetString(), stream.Lines[0].GetProperty("path").GetString()));
        var session = stream.Lines[0].GetProperty("session").GetString()!;

        Assert.Equal("hello\n", (await RequestAsync("greeting", "?", "--session", session)).Output);
        var filtered = await _programs.RunAsync(0, "filter", $"$SessionId is '{session}'", "greeting", "??", "--address", _address);
        Assert.Contains("1 session, 0 errors", filtered.Output, StringComparison.Ordinal);
        Assert.Contains("hello", filtered.Output, StringComparison.Ordinal);

        await Until.TrueAsync(() => stream.Lines.Count == 3, "both requests are printed");
        Assert.Equal(["?", "??"], stream.Lines.Skip(1).Select(line => line.GetProperty("value").GetString()));
        Signals.SendInterrupt(stream.Id);
        Assert.Equal(0, await stream.EndAsync());
        await _programs.RunAsync(1, "request", "greeting", "?", "--session", session, "--address", _address);
    }

    [Fact]
    public async Task A_filter_prints_each_sessions_answer()
    {
        await using var client = await RabbitBridgeClient.ConnectAsync(_address);
        client.Messages.SetRequestStream<string, string>("greet", (_, request, _) => new($"hello {request}"));

        var run = await _programs.RunAsync(0, "filter", $"$SessionId is '{client.Id}'", "greet", "you", "--address", _address);

        Assert.Contains($"{client.Id}", run.Output, StringComparison.Ordinal);
        Assert.Contains("hello you", run.Output, StringComparison.Ordinal);
        Assert.Contains("1 session, 0 errors", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', run.Output);
    }

    [Fact]
    public async Task Routes_tell_the_paths_that_have_handlers()
    {
        await _programs.StartHandlerAsync("shop/orders", _address, "--echo");

        var lines = (await _programs.RunAsync(0, "routes", "--address", _address, "--json")).Lines;

        Assert.Equal("solo", lines[0].GetProperty("gateway").GetString());
        Assert.Equal(("shop/orders", 1), (lines[1].GetProperty("path").GetString(), lines[1].GetProperty("localHandlers").GetInt32()));
        Assert.Contains("shop/orders", (await _programs.RunAsync(0, "routes", "--address", _address)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_doctor_finds_a_gateway_well()
    {
        var run = await _programs.RunAsync(0, "doctor", "--address", _address, "--json");

        Assert.Equal(0, run.Lines[^1].GetProperty("problems").GetInt32());
        Assert.All(run.Lines.SkipLast(1), line => Assert.Equal("ok", line.GetProperty("result").GetString()));
    }

    [Fact]
    public async Task The_address_comes_from_the_environment_when_none_is_given()
    {
        var run = _programs.StartWith(new() { ["RABBITBRIDGE_ADDRESS"] = _address }, "routes", "--json");

        Assert.Equal(0, await run.EndAsync());
        Assert.Equal("solo", run.Lines[0].GetProperty("gateway").GetString());
    }

    [Fact]
    public async Task A_wrong_password_ends_with_4_and_is_not_printed()
    {
        var run = await _programs.RunAsync(4, "routes", "--address", _address, "--principal", "server", "--password", "wrong-password");

        Assert.Contains("ACCESS_DENIED", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-password", run.All, StringComparison.Ordinal);
        var doctor = await _programs.RunAsync(5, "doctor", "--address", _address, "--principal", "server", "--password", "wrong-password");
        Assert.DoesNotContain("wrong-password", doctor.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_password_comes_from_the_environment()
    {
        var run = _programs.StartWith(
            new() { ["RABBITBRIDGE_PASSWORD"] = "secret of the server" }, "sessions", "--principal", "server", "--properties", "$Principal", "--json", "--address", _address);

        Assert.Equal(0, await run.EndAsync());
        Assert.Contains(run.Lines, line => line.GetProperty("properties").GetProperty("$Principal").GetString() == "server");
    }

    [Theory]
    [InlineData("@home")]
    [InlineData("@/etc/hostname")]
    [InlineData("@")]
    public async Task What_begins_with_an_at_sign_is_a_value_S19(string value)
    {
        await _programs.StartHandlerAsync("@shop", _address, "--reply", $"to {value}");

        Assert.Equal($"to {value}\n", (await RequestAsync("@shop/@orders", value)).Output);
        Assert.Contains("0 sessions", (await _programs.RunAsync(0, "filter", $"$Principal is '{value}'", "a", value, "--address", _address)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_handler_whose_output_nobody_reads_answers_and_ends_with_6_S21()
    {
        var handler = _programs.StartInShell("""{ "$0" "$@"; echo "ended with $?" >&2; } | head -n 1""", "handle", "shop", "--echo", "--json", "--address", _address);
        await Until.TrueAsync(() => handler.Output.Contains("handles", StringComparison.Ordinal), "the handler is registered");
        // Whoever asks while the reader is still ending, or while the handler is, is no part of it.
        await Until.TrueAsync(
            async () =>
            {
                await _programs.Start("request", "shop", "tea", "--address", _address).EndAsync();
                return handler.Errors.Contains("ended with", StringComparison.Ordinal);
            },
            "the handler ends when it cannot print a request");

        Assert.Equal(0, await handler.EndAsync());
        Assert.Contains("ended with 6", handler.Errors, StringComparison.Ordinal);
        Assert.Contains("cannot be printed any more", handler.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", handler.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("routes")]
    [InlineData("routes --json")]
    [InlineData("sessions")]
    [InlineData("sessions --json")]
    [InlineData("request shop tea")]
    [InlineData("request shop tea --json")]
    [InlineData("filter all shop tea --json")]
    [InlineData("services list")]
    [InlineData("handle other --echo --json")]
    [InlineData("doctor --json")]
    [InlineData("doctor")]
    public async Task On_a_full_disk_each_verb_ends_with_6_and_a_message_S21(string arguments)
    {
        if (arguments.Contains("shop", StringComparison.Ordinal))
            await _programs.StartHandlerAsync("shop", _address, "--echo");

        var run = _programs.StartInShell("""exec "$0" "$@" > /dev/full""", [.. arguments.Split(' '), "--address", _address]);

        Assert.Equal((6, ""), (await run.EndAsync(), run.Output));
        Assert.Contains("cannot be", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("nonsense --json")]
    public async Task What_needs_no_gateway_ends_with_6_on_a_full_disk_too_S21(string arguments)
    {
        var run = _programs.StartInShell("""exec "$0" "$@" > /dev/full""", arguments.Split(' '));

        Assert.Equal(6, await run.EndAsync());
        Assert.DoesNotContain("   at ", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_nothing_at_all_can_be_written_the_exit_code_still_tells_S21()
    {
        var run = _programs.StartInShell("""exec "$0" "$@" > /dev/full 2>&1""", "routes", "--address", _address);

        Assert.Equal(6, await run.EndAsync());
    }

    [Fact]
    public async Task Output_and_errors_that_share_a_file_stand_in_it_in_order_S21()
    {
        var file = Path.GetTempFileName();
        try
        {
            var run = _programs.StartInShell(
                $$"""{ echo first; "$0" "$@"; echo last; } > {{file}} 2>&1""", "request", "nobody/here", "tea", "--address", _address);
            await run.EndAsync();

            var lines = await File.ReadAllLinesAsync(file);
            Assert.Equal(("first", "last"), (lines[0], lines[^1]));
            Assert.Contains("UNHANDLED_MESSAGE", Assert.Single(lines[1..^1]), StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task A_server_without_a_gateway_is_told_at_once_F12()
    {
        var run = await _programs.RunAsync(3, "routes", "--address", $"{_address}/elsewhere", "--timeout", "3600", "--json");

        Assert.Contains("404", Assert.Single(run.Lines).GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_has_expired_is_told_F12()
    {
        // Its claims are {"exp":1}.
        var run = await _programs.RunAsync(4, "routes", "--address", _address, "--token", "e30.eyJleHAiOjF9.c2ln");

        Assert.Contains("ACCESS_DENIED", run.Errors, StringComparison.Ordinal);
        Assert.Contains("The token has expired, at 1970-01-01", run.Errors, StringComparison.Ordinal);
    }

    private Task<ProgramRun> RequestAsync(string path, string value, params string[] options) =>
        _programs.RunAsync(0, ["request", path, value, "--address", _address, .. options]);
}
