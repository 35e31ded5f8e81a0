using RabbitBridge.Fabric;

namespace RabbitBridge.Calls;

/// <summary>A request at its recipient's gateway, with the way back.</summary>
/// <param name="Request">The request.</param>
/// <param name="ReplyTo">Takes the answer.</param>
/// <param name="Table">Where the request is found when nobody waits for it any more; <see langword="null"/> if whoever has it keeps it.</param>
/// <param name="Wheel">Ends the request when its time is over, where no sending gateway does.</param>
internal readonly record struct RequestArrival(
    RequestEnvelope Request, IReplySink ReplyTo, RequestsInHand? Table, TimeoutWheel? Wheel)
{
    /// <summary>All properties of the sender, where they came with the request; <see langword="null"/> where it brings what the branch's handlers asked for that the sender's gateway knew.</summary>
    public IReadOnlyDictionary<string, string>? AllProperties { get; init; }

    /// <summary>The properties that came with the request, of which its handler gets those that it has asked for itself.</summary>
    public IReadOnlyDictionary<string, string>? Brought { get; init; }
}
