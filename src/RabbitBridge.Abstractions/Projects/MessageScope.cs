namespace RabbitBridge;

/// <summary>To whom of a project a message goes. The letters are those of Ignition's <c>system.util.sendMessage</c>.</summary>
[Flags]
public enum MessageScope
{
    /// <summary>To client sessions: <c>C</c>.</summary>
    Clients = 1,

    /// <summary>To the gateway: <c>G</c>.</summary>
    Gateway = 2,

    /// <summary>To both: <c>CG</c>.</summary>
    ClientsAndGateway = Clients | Gateway,
}
