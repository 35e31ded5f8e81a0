using System.Collections.ObjectModel;
using RabbitBridge.Fabric;

namespace RabbitBridge.Calls;

/// <summary>A request that came here for a handler that has just left, and is passed on to where its path leads now.</summary>
/// <param name="calls">The gateway's calls.</param>
/// <param name="arrival">The request and the way back.</param>
/// <param name="ended">Called when it has ended, and its outcome is on its way.</param>
internal sealed class RelayCall(PendingCalls calls, in RequestArrival arrival, Action ended) : PendingCall(calls, work: null, mayHaveRun: true), IRequestInHand
{
    private readonly IReplySink _origin = arrival.ReplyTo;
    private readonly RequestsInHand? _inHand = arrival.Table;
    private readonly IReadOnlyDictionary<string, string>? _properties = arrival.Request.Properties;

    public long OriginId { get; } = arrival.Request.Id;

    public override IReadOnlyDictionary<string, string> SenderProperties => _properties ?? ReadOnlyDictionary<string, string>.Empty;

    public override IReadOnlyList<string>? AskedBeside { get; } = arrival.AllProperties is null ? arrival.Request.AskedBeside ?? [] : null;

    public override bool Lacks(PropertySelection wanted) => AskedBeside is { } beside && !wanted.IsServedBy(_properties, beside);

    public void Abandon()
    {
        if (!TryCancel())
            return;
        _origin.Abandoned(OriginId);
        _inHand?.Remove(this);
        ended();
    }

    protected override void OnReply(in ResponseEnvelope response)
    {
        _origin.Reply(response with { Id = OriginId });
        _inHand?.Remove(this);
        ended();
    }
}
