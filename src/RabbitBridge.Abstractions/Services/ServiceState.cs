namespace RabbitBridge;

/// <summary>How it stands with a service.</summary>
public enum ServiceState
{
    /// <summary>Its queue or exchange is not there. Requests go to a less specific handler, or come back as UNHANDLED_MESSAGE.</summary>
    Missing,

    /// <summary>Handlers of sessions, or another service, have the path. Nothing goes to this one.</summary>
    Conflict,

    /// <summary>Nobody consumes its queue. Requests end with UNHANDLED_MESSAGE, or wait there (<see cref="ServiceOptions.WaitForConsumers"/>).</summary>
    Idle,

    /// <summary>It is there. Who consumes behind an exchange is not known.</summary>
    Served,
}
