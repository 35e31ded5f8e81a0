namespace RabbitBridge.IntegrationTests;

/// <summary>Which gateways of a <see cref="FaultyPair"/> are behind the network that breaks.</summary>
public enum Behind
{
    /// <summary>The one whose session asks.</summary>
    Requester,

    /// <summary>The one whose session answers.</summary>
    Responder,

    /// <summary>Both.</summary>
    Both,
}
