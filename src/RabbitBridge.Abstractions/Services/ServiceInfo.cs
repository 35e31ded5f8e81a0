namespace RabbitBridge;

/// <summary>A service, as the gateway that has it has seen it last.</summary>
/// <param name="Options">What it is.</param>
/// <param name="State">How it stands with it.</param>
/// <param name="Consumers">The number of consumers of its queue; <see langword="null"/> if that is not known.</param>
public sealed record ServiceInfo(ServiceOptions Options, ServiceState State, int? Consumers);
