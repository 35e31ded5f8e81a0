using System.Collections.Concurrent;

namespace RabbitBridge.Gateway.IntegrationTests.Remote;

public sealed class StateChangedTests : IAsyncDisposable, IAsyncLifetime
{
    private readonly RemoteGateway _gateway = new(new GatewayOptions { Name = "a" }, new InMemoryBroker());

    public Task InitializeAsync() => _gateway.StartAsync();

    async Task IAsyncLifetime.DisposeAsync() => await DisposeAsync();

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public async Task A_listener_that_throws_keeps_neither_the_others_nor_the_close_S35()
    {
        var session = (IRemoteSession)_gateway.OpenSession();
        var heard = new ConcurrentQueue<RemoteSessionState>();
        session.StateChanged += (_, _) => throw new InvalidOperationException("thrown by a test");
        session.StateChanged += (_, state) => heard.Enqueue(state);

        await session.CloseAsync();

        Assert.Equal(RemoteSessionState.Closed, heard.Last());
        Assert.True(session.Closed.IsCancellationRequested);
    }

    [Fact]
    public async Task A_listener_may_close_the_session_and_wait_for_it_S18()
    {
        var session = (IRemoteSession)_gateway.OpenSession();
        var returned = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        session.StateChanged += (_, _) =>
        {
            session.CloseAsync().GetAwaiter().GetResult();
            returned.TrySetResult(session.Closed.IsCancellationRequested);
        };

        // Its gateway is gone, and there is no other one: the first that the session tells of is that it is disconnected.
        await _gateway.StopAsync();

        await Eventually.TrueAsync(() => returned.Task.IsCompleted, "the close has returned inside the callback");
        Assert.True(await returned.Task);
        Assert.Equal(RemoteSessionState.Closed, session.State);
    }
}
