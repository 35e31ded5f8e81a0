namespace RabbitBridge;

/// <summary>What an authenticator has decided.</summary>
public enum AuthenticationOutcome
{
    /// <summary>Nothing: others shall decide.</summary>
    Abstained,

    /// <summary>The client may open a session.</summary>
    Allowed,

    /// <summary>The client may not.</summary>
    Denied,
}
