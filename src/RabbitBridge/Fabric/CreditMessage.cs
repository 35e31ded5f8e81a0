namespace RabbitBridge.Fabric;

/// <summary>The sender of a filter request has taken up so many answers, and as many more may come.</summary>
/// <param name="Id">The number that its sender gave the request.</param>
/// <param name="Answers">How many; at least 1.</param>
internal sealed record CreditMessage(long Id, int Answers) : LinkMessage("credit");
