namespace RabbitBridge;

/// <summary>What narrows a project message. What is <see langword="null"/> does not narrow.</summary>
public sealed record MessageSelection
{
    /// <summary>To whom of the project it goes.</summary>
    /// <value>The default is <see langword="null"/>: clients if <see cref="User"/>, <see cref="HasRole"/> or <see cref="HostName"/> is given, else clients and the gateway.</value>
    public MessageScope? Scope { get; init; }

    /// <summary>Only the client session with this id. By itself it does not keep the message from the gateway: that is what the scope is for.</summary>
    public string? ClientSessionId { get; init; }

    /// <summary>Only client sessions of this principal.</summary>
    public string? User { get; init; }

    /// <summary>Only client sessions with this role.</summary>
    public string? HasRole { get; init; }

    /// <summary>Only client sessions on this host, as told by their property <c>$ClientHostName</c>.</summary>
    public string? HostName { get; init; }

    /// <summary>The scope that holds.</summary>
    public MessageScope EffectiveScope => Scope
        ?? (User is null && HasRole is null && HostName is null ? MessageScope.ClientsAndGateway : MessageScope.Clients);

    /// <summary>The form that <see cref="MessageReceipt"/> has it in.</summary>
    /// <returns>The parameters in braces.</returns>
    public override string ToString() =>
        $"{{hostName={HostName}, clientId={ClientSessionId}, scope={MessageScopes.Format(EffectiveScope)}, user={User}, hasRole={HasRole}}}";
}
