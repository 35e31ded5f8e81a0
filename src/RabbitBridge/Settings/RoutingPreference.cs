namespace RabbitBridge;

/// <summary>Which handler a gateway prefers for the requests of its sessions.</summary>
public enum RoutingPreference
{
    /// <summary>The most specific handler in the whole fabric; among equals one in this gateway, which needs no broker.</summary>
    MostSpecific,

    /// <summary>Any handler in this gateway that matches, even if another gateway has a more specific one.</summary>
    LocalFirst,

    /// <summary>The most specific handler in the whole fabric; among equals all gateways with one share the requests.</summary>
    Balanced,
}
