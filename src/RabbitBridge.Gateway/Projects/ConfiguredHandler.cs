namespace RabbitBridge.Gateway.Projects;

/// <summary>A message handler that the configuration names. Either <see cref="Url"/> is set or <see cref="Exchange"/>.</summary>
internal sealed record ConfiguredHandler(string Project, string Name, MessageHandlerOptions Options)
{
    public Uri? Url { get; init; }

    public string? Exchange { get; init; }

    public string RoutingKey { get; init; } = string.Empty;
}
