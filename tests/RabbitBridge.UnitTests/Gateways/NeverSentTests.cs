using RabbitBridge.ContractTests;
using RabbitBridge.Fabric.InMemory;
using RabbitBridge.Gateways;

namespace RabbitBridge.UnitTests.Gateways;

/// <summary>What finds no connection within its time was not executed, and is told apart from what may have been.</summary>
public sealed class NeverSentTests : IAsyncLifetime
{
    private static readonly RequestOptions Short = new() { Timeout = TimeSpan.FromMilliseconds(50) };

    private readonly HoldingHandler _held = new();
    private readonly InMemoryBroker _broker = new();
    private IGateway _gateway = null!;
    private IGateway _other = null!;
    private ISession _sender = null!;

    public async Task InitializeAsync()
    {
        _gateway = InMemoryGateway.Create(new GatewayOptions { Name = "a" }, _broker);
        await _gateway.StartAsync();
        _other = InMemoryGateway.Create(new GatewayOptions { Name = "b" }, _broker);
        await _other.StartAsync();
        await _other.OpenSession().Messages.AddRequestHandlerAsync("elsewhere", (IRequestHandler<string, string>)_held);
        _sender = _gateway.OpenSession();
    }

    public async Task DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _other.DisposeAsync();
    }

    [Fact]
    public async Task A_request_that_waited_for_the_connection_for_as_long_as_it_had_is_not_executed_afterwards()
    {
        Fabric.Disconnect();

        var error = await Assert.ThrowsAsync<CommunicationFailureException>(() => _sender.AskAsync("elsewhere", "first", Short));

        Assert.Contains("before it could be sent", error.Message, StringComparison.Ordinal);
        Fabric.Connect();
        var next = _sender.AskAsync("elsewhere", "second");
        Assert.Equal("second", (await _held.ReceiveAsync()).Text);
        _held.AnswerAll("done");
        await next;
    }

    [Fact]
    public async Task A_request_that_a_handler_has_may_have_been_executed()
    {
        var call = _sender.AskAsync("elsewhere", options: new RequestOptions { Timeout = TimeSpan.FromSeconds(1) });
        await _held.ReceiveAsync();

        await Assert.ThrowsAsync<RequestTimeOutException>(() => call);
    }

    [Fact]
    public async Task A_filter_request_says_that_the_others_were_not_asked_and_what_its_own_sessions_did()
    {
        var session = await _gateway.OpenSessionAsync();
        session.Messages.SetRequestStream<string, string>("stream", (_, _, _) => new("own"));
        Fabric.Disconnect();
        var callback = new CollectingCallback();

        var error = await Assert.ThrowsAsync<CommunicationFailureException>(
            () => _sender.Messages.SendRequestToFilterAsync("$SessionId is '" + session.Id + "'", "stream", "", callback, new RequestOptions { Timeout = TimeSpan.FromSeconds(2) }));

        Assert.Contains("could not be asked", error.Message, StringComparison.Ordinal);
        await Eventually.TrueAsync(() => callback.Calls == 1, "the session here has been told of");
        Assert.Equal("own", callback.Responses[session.Id]);
        Fabric.Connect();
    }

    private InMemoryFabric Fabric => (InMemoryFabric)((GatewayEngine)_gateway).Fabric;
}
