using RabbitBridge.Calls;

namespace RabbitBridge.UnitTests.Routing;

/// <summary>A handler that only has a place in the route table, and as many outstanding requests as a test likes.</summary>
internal sealed class FakeHandler(MessagePath branch, RequestReceiver? receiver = null) : IBranchHandler
{
    public MessagePath Branch => branch;

    public string Path => branch.ToString();

    public PropertySelection Properties => PropertySelection.None;

    public bool Redelivery => false;

    public RequestReceiver Receiver => receiver!;

    public Task CloseAsync() => Task.CompletedTask;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
