namespace RabbitBridge.Testing;

/// <summary>Where a <see cref="TestBroker"/> comes from.</summary>
public enum TestBrokerKind
{
    /// <summary>Somebody else's broker, named by a URI. It is used and never started, stopped or wiped.</summary>
    External,

    /// <summary>A container of its own in the Docker engine that answers.</summary>
    Container,

    /// <summary>The installed <c>rabbitmq-server</c>, started as a private node on free loopback ports in a temporary
    /// folder.</summary>
    PrivateNode,
}
