namespace RabbitBridge.Fabric;

/// <summary>
/// What gateways tell each other over a link, beside requests and responses. A new kind is a record, a number and its reading and writing in the fabric's
/// format, and a case in <c>GatewayReceiver.OnMessage</c>.
/// </summary>
/// <param name="TypeName">What it is, for people.</param>
internal abstract record LinkMessage(string TypeName);
