namespace RabbitBridge.Cli.Workers;

/// <summary>A handler's state.</summary>
/// <param name="Handler">Its number.</param>
/// <param name="Path">Its branch.</param>
/// <param name="Received">How many requests it has got.</param>
/// <param name="Cancelled">For how many of those that it keeps nobody waits any more.</param>
/// <param name="Closed">Whether it got OnClose.</param>
internal sealed record HandlerReport(int Handler, string Path, int Received, int Cancelled, bool Closed);
