using System.Collections.Concurrent;
using System.Text.Json;

namespace RabbitBridge.EndToEndTests.Cli;

/// <summary>The verb <c>message</c>, at a single gateway without a broker.</summary>
public sealed class MessageVerbTests(SoloGateway gateway) : IClassFixture<SoloGateway>, IAsyncLifetime
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
    public async Task A_message_reaches_a_client_of_the_project_and_its_receipts_are_printed()
    {
        await using var client = await RabbitBridgeClient.ConnectAsync(new ClientOptions { Addresses = [new Uri(_address)], Project = "X", HostName = "desk" });
        var heard = new ConcurrentQueue<int>();
        await using var handler = await client.Projects.AddMessageHandlerAsync("h", message => heard.Enqueue(message.Payload.GetProperty("tea").GetInt32()));
        var id = client.Id.ToString();

        var sent = await MessageAsync(0, "{\"tea\":2}", "--session", id, "--scope", "C", "--server", "solo");
        Assert.StartsWith($"type=Client,sessionId={id},clientAddress=", Assert.Single(sent.Output.TrimEnd().Split('\n')), StringComparison.Ordinal);
        Assert.EndsWith($",clientHostName=desk,project=X,messageHandler=h,filterParams={{hostName=, clientId={id}, scope=C, user=, hasRole=}},sendStatus=SENT\n", sent.Output, StringComparison.Ordinal);

        // The gateway itself has no handler of that name, which is told and is no success.
        var both = Assert.Single((await MessageAsync(1, "{\"tea\":3}", "--json")).Lines).EnumerateArray().ToList();
        Assert.Equal(["Gateway NO_HANDLER", "Client SENT"], both.Select(receipt => $"{receipt.GetProperty("type")} {receipt.GetProperty("sendStatus")}"));
        Assert.Empty((await MessageAsync(0, "{\"tea\":4}", "--host", "elsewhere")).Output);

        await Until.TrueAsync(() => heard.Count == 2, "both messages are handled");
        Assert.Equal([2, 3], heard);
        Assert.Contains("not Array", (await MessageAsync(2, "[1]")).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Messages_are_received_and_routes_tells_who_does()
    {
        var receiver = _programs.Start("receive", "X", "h", "--host", "desk", "--address", _address, "--json", "--principal", "server", "--password", "secret of the server");
        await Until.TrueAsync(() => receiver.Lines.Count == 1, "the handler is registered");
        var id = receiver.Lines[0].GetProperty("session").GetString();
        Assert.Equal(("receives", "X", "h", "solo"), (Text(receiver.Lines[0], "event"), Text(receiver.Lines[0], "project"), Text(receiver.Lines[0], "messageHandler"), Text(receiver.Lines[0], "gateway")));

        Assert.Contains($"sessionId={id},", (await MessageAsync(0, "{\"tea\":2}", "--host", "desk")).Output, StringComparison.Ordinal);
        Assert.Contains($"sessionId={id},", (await MessageAsync(0, "{\"tea\":3}", "--user", "server")).Output, StringComparison.Ordinal);

        await Until.TrueAsync(() => receiver.Lines.Count == 3, "both messages are printed");
        Assert.Equal([2, 3], receiver.Lines.Skip(1).Select(line => line.GetProperty("payload").GetProperty("tea").GetInt32()));
        Assert.All(receiver.Lines.Skip(1), line => Assert.Equal(("message", ""), (Text(line, "event"), Text(line, "principal"))));
        var handler = Assert.Single((await _programs.RunAsync(0, "routes", "--address", _address, "--json")).Lines.Skip(1));
        Assert.Equal(("X", "h", false, 1), (Text(handler, "project"), Text(handler, "messageHandler"), handler.GetProperty("atGateway").GetBoolean(), handler.GetProperty("sessions").GetInt32()));

        Signals.SendInterrupt(receiver.Id);
        Assert.Equal(0, await receiver.EndAsync());
        Assert.Empty((await MessageAsync(0, "{}", "--host", "desk")).Output);
    }

    private static string? Text(JsonElement line, string name) => line.GetProperty(name).GetString();

    private Task<ProgramRun> MessageAsync(int expected, string payload, params string[] options) =>
        _programs.RunAsync(expected, ["message", "X", "h", payload, "--address", _address, .. options]);
}
