using RabbitBridge.Fabric;

namespace RabbitBridge.Messages;

/// <summary>A request at its recipient's gateway, with the way back.</summary>
/// <param name="Request">The request.</param>
/// <param name="ReplyTo">Takes the answer.</param>
/// <param name="Table">Where the request is found when its sender cancels it; <see langword="null"/> if it cannot.</param>
/// <param name="Wheel">Ends the request when its time is over, where no sending gateway does.</param>
internal readonly record struct RequestArrival(
    RequestEnvelope Request, IReplySink ReplyTo, IncomingRequests? Table, TimeoutWheel? Wheel);
