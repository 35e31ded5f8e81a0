namespace RabbitBridge.Projects;

/// <summary>A gateway's message handler.</summary>
internal sealed record GatewayHandler(IMessageHandler Handler, MessageHandlerOptions Options, MessageQueue Queue)
{
    /// <summary>Whether somebody with these roles may send to it.</summary>
    public bool Permits(IEnumerable<string> roles) => Options.Roles.Count == 0 || roles.Any(role => Options.Roles.Contains(role, StringComparer.Ordinal));

    /// <returns>Whether there was room in its queue.</returns>
    public bool TryTake(ProjectMessage message, Action<object?, MessagingException?>? answer, CancellationToken cancelled) =>
        Queue.TryAdd(new MessageJob(message, Handler, Options.TimeLimit, answer, cancelled));
}
