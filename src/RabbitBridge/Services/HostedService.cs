using RabbitBridge.Fabric;

namespace RabbitBridge.Services;

/// <summary>A service that this gateway has given a path, and how it stood with it when it was last looked at. Changed by the <see cref="ServiceDirectory"/> alone.</summary>
internal sealed class HostedService(MessagePath path, ServiceRoute route, ServiceOptions options)
{
    public MessagePath Path => path;

    public ServiceRoute Route => route;

    public ServiceOptions Options => options;

    public ServiceStatus Status { get; set; } = new(ServiceState.Missing);

    /// <summary>Whether requests are routed to it.</summary>
    public bool IsRouted => Status.State is ServiceState.Idle or ServiceState.Served;

    /// <summary>Whether the broker may have a binding for it, of this gateway's making.</summary>
    public bool IsBound { get; set; }

    /// <summary>Whether the service has bound its queue by itself, and this gateway has only found it: it neither binds nor unbinds it.</summary>
    public bool IsFound { get; init; }

    /// <summary>Whether the other gateways have been told that the path is kept for it.</summary>
    public bool IsClaimed { get; set; }

    /// <summary>Whether it is being removed: what the broker would not let go at once is tried again.</summary>
    public bool IsLeaving { get; set; }

    public ServiceInfo Info => new(options, Status.State, Status.Consumers);
}
