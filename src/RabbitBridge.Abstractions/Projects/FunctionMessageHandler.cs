namespace RabbitBridge;

/// <summary>A message handler that is a function.</summary>
public sealed class FunctionMessageHandler : IMessageHandler
{
    private readonly Func<ProjectMessage, CancellationToken, Task<object?>> _handler;

    /// <summary>Makes a handler that may answer requests.</summary>
    /// <param name="handler">The function.</param>
    public FunctionMessageHandler(Func<ProjectMessage, CancellationToken, Task<object?>> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        _handler = handler;
    }

    /// <summary>Makes a handler that answers requests with <see langword="null"/>.</summary>
    /// <param name="handler">The function.</param>
    public FunctionMessageHandler(Action<ProjectMessage> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        _handler = (message, _) =>
        {
            handler(message);
            return Task.FromResult<object?>(null);
        };
    }

    /// <inheritdoc/>
    public Task<object?> OnMessageAsync(ProjectMessage message, CancellationToken cancellationToken) => _handler(message, cancellationToken);
}
