namespace RabbitBridge.Gateway.IntegrationTests.Projects;

/// <summary>A message as a service gets it.</summary>
internal sealed record PostedMessage(string Path, string? ContentType, string Project, string Handler, string Principal, string Body);
