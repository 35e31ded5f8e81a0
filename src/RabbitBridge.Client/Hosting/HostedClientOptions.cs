namespace RabbitBridge.Client.Hosting;

/// <summary>How a host's session connects.</summary>
internal sealed record HostedClientOptions(Func<IServiceProvider, ClientOptions> Make);
