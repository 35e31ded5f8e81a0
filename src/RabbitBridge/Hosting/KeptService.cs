namespace RabbitBridge.Hosting;

/// <summary>An existing service that the host's gateway keeps from its making on.</summary>
internal sealed record KeptService(ServiceOptions Options);
