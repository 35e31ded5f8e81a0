namespace RabbitBridge;

/// <summary>A session at a gateway that runs elsewhere.</summary>
public interface IRemoteSession : ISession
{
    /// <summary>The name of the gateway at which the session is, or was last.</summary>
    string Gateway { get; }

    /// <summary>How the connection stands.</summary>
    RemoteSessionState State { get; }

    /// <summary>Raised after each change of <see cref="State"/>, in order. What it throws is logged.</summary>
    event Action<IRemoteSession, RemoteSessionState>? StateChanged;

    /// <summary>Asks the gateway which gateways it knows and which branches have handlers. Needs VIEW_SESSION.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The answer.</returns>
    Task<FabricView> GetFabricAsync(CancellationToken cancellationToken = default);

    /// <summary>Why the session was closed; <see langword="null"/> while it is open.</summary>
    SessionCloseReason? CloseReason { get; }
}
