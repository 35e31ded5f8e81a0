namespace RabbitBridge;

/// <summary>A handler's registration.</summary>
public interface IRegistration : IAsyncDisposable
{
    /// <summary>The branch of the message path hierarchy, in canonical form.</summary>
    string Path { get; }

    /// <summary>Withdraws the handler, which then gets <c>OnClose</c>. Closing again does nothing.</summary>
    /// <returns>A task that completes when every gateway has been told and no request can reach the handler any more.</returns>
    Task CloseAsync();
}
