namespace RabbitBridge.Hosting;

/// <summary>A message handler that the host's gateway has from its making on.</summary>
internal sealed record HostedMessageHandler(string Project, string Name, Func<IServiceProvider, IMessageHandler> Make, MessageHandlerOptions? Options);
