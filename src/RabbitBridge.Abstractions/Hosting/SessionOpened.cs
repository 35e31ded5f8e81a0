namespace RabbitBridge.Hosting;

/// <summary>What a host does with each session that it opens, beside its handlers.</summary>
internal sealed record SessionOpened(Func<ISession, CancellationToken, Task> Opened);
