using Microsoft.Extensions.Options;

namespace RabbitBridge.Gateway.Projects;

/// <summary>Adds the message handlers of the configuration.</summary>
internal static class ProjectsHosting
{
    public static void AddHandlers(this RabbitBridgeBuilder gateway, IReadOnlyList<ConfiguredHandler> handlers)
    {
        gateway.Services.AddHttpClient(HttpPostHandler.Client)
            .ConfigureHttpClient(static (provider, client) =>
            {
                // The handler's own limit ends it, and counts and logs it as too slow.
                client.Timeout = Timeout.InfiniteTimeSpan;
                client.MaxResponseContentBufferSize = provider.GetRequiredService<IOptions<GatewayOptions>>().Value.MaxMessageBytes;
            })
            // A redirect turns a POST into a GET that delivers nothing; so it is a failure.
            .ConfigurePrimaryHttpMessageHandler(static () => new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
            // Two lines for each message; failures are logged as those of any handler.
            .RemoveAllLoggers();
        foreach (var handler in handlers)
            gateway.AddProject(handler.Project, project => Add(project, handler));
    }

    private static void Add(ProjectBuilder project, ConfiguredHandler handler)
    {
        if (handler.Url is { } url)
            project.Add(handler.Name, provider => new HttpPostHandler(provider.GetRequiredService<IHttpClientFactory>(), url), handler.Options);
        else
            project.OnMessagePublish(handler.Name, handler.Exchange!, handler.RoutingKey, handler.Options);
    }
}
