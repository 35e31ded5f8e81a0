namespace RabbitBridge.Fabric;

/// <summary>
/// How many answers to a filter request its sender has taken up: told by the sender, so that more may come, or asked after by the gateway whose sessions answer, because it
/// may send no more.
/// </summary>
/// <param name="Id">The number that its sender gave the request.</param>
/// <param name="Answers">How many in all, over the link; of a question, how many the gateway knows of.</param>
/// <param name="Asks">Whether it is a question.</param>
internal sealed record CreditMessage(long Id, int Answers, bool Asks = false) : LinkMessage("credit");
