namespace RabbitBridge;

/// <summary>How a remote session's connection stands. The names are those of Diffusion's session states.</summary>
public enum RemoteSessionState
{
    /// <summary>Connected for the first time.</summary>
    Active,

    /// <summary>The connection is lost; requests wait until there is another one, or their time is over.</summary>
    Disconnected,

    /// <summary>Connected to the same gateway again; nothing was lost.</summary>
    Reconnected,

    /// <summary>
    /// The gateway does not have the session any more: there is a new one with another id, at the same gateway or another one. Handlers and listeners are
    /// registered again. If the former session was lost, requests that were under way have ended with COMMUNICATION_FAILURE; if its gateway is being stopped, they come to
    /// their end there.
    /// </summary>
    FailedOver,

    /// <summary>The session is over.</summary>
    Closed,
}
