using System.Collections.Concurrent;

namespace RabbitBridge.EndToEndTests.Cli;

/// <summary>The verb <c>message</c>, at a single gateway without a broker.</summary>
public sealed class MessageVerbTests : IAsyncLifetime
{
    private readonly Programs _programs = Programs.Create();
    private string _address = "";

    public async Task InitializeAsync() => _address = await _programs.StartGatewayAsync("--Fabric", "InMemory", "--Gateway:Name", "solo");

    public async Task DisposeAsync() => await _programs.DisposeAsync();

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

    private Task<ProgramRun> MessageAsync(int expected, string payload, params string[] options) =>
        _programs.RunAsync(expected, ["message", "X", "h", payload, "--address", _address, .. options]);
}
