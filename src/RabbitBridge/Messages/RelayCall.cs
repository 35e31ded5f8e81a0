using System.Collections.ObjectModel;
using RabbitBridge.Fabric;

namespace RabbitBridge.Messages;

/// <summary>A request that came here for a handler that has just left, and is passed on to where its path leads now.</summary>
internal sealed class RelayCall(PendingCalls table, IReplySink origin, long originId, IReadOnlyDictionary<string, string>? properties)
    : PendingCall(table, session: null)
{
    public override IReadOnlyDictionary<string, string> SenderProperties =>
        properties ?? ReadOnlyDictionary<string, string>.Empty;

    public override bool IsFor(IReplySink sender, long id) => sender == origin && id == originId;

    protected override void OnReply(in ResponseEnvelope response) => origin.Reply(response with { Id = originId });
}
