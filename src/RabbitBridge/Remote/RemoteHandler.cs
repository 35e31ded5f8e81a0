using Microsoft.Extensions.Logging;
using RabbitBridge.Calls;
using RabbitBridge.Diagnostics;
using RabbitBridge.Sessions;

namespace RabbitBridge.Remote;

/// <summary>A remote session's handler for a branch.</summary>
internal sealed class RemoteHandler(
    Session session, MessagePath branch, PropertySelection properties, bool redelivery, HandlerDirectory directory, IRemoteClient client, ILogger logger, Telemetry telemetry)
    : RemoteReceiver(session, client, logger, telemetry), IBranchHandler
{
    public override MessagePath? Branch => branch;

    MessagePath IBranchHandler.Branch => branch;

    public string Path { get; } = branch.ToString();

    public override string BranchName => Path;

    public PropertySelection Properties => properties;

    public override bool Redelivery => redelivery;

    public RequestReceiver Receiver => this;

    public Task CloseAsync() => directory.RemoveAsync(Session, this);

    public async ValueTask DisposeAsync() => await CloseAsync().ConfigureAwait(false);
}
