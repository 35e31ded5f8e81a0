namespace RabbitBridge.Projects;

/// <summary>Removes a session's message handler.</summary>
internal sealed class SinkRegistration(Action remove) : IAsyncDisposable
{
    public ValueTask DisposeAsync()
    {
        remove();
        return ValueTask.CompletedTask;
    }
}
