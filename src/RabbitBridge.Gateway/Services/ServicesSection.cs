using Microsoft.Extensions.Options;
using RabbitBridge.Gateway.Hosting;

namespace RabbitBridge.Gateway.Services;

/// <summary>Reads the section <c>Services</c>, and tells all its mistakes at once.</summary>
internal static class ServicesSection
{
    private static readonly HashSet<string> Keys = new(typeof(ServiceOptions).GetProperties().Select(static property => property.Name), StringComparer.OrdinalIgnoreCase);

    /// <summary>Has the gateway keep the services of the section.</summary>
    /// <exception cref="OptionsValidationException">It has mistakes.</exception>
    public static void Add(RabbitBridgeBuilder gateway, IConfigurationSection services, FabricKind fabric)
    {
        List<string> problems = [];
        if (fabric != FabricKind.RabbitMq && services.GetChildren().Any())
            problems.Add($"{services.Path}: services need a broker, and Fabric is {fabric}; only {FabricKind.RabbitMq} is allowed with them.");
        foreach (var service in services.GetChildren())
        {
            foreach (var child in service.GetChildren().Where(child => !Keys.Contains(child.Key)))
                problems.Add($"{child.Path} is not known; a service has {string.Join(", ", Keys.Order(StringComparer.Ordinal))}.");
            try
            {
                if (service["Path"] is null)
                    throw new InvalidMessageDataException("It has no Path.");
                gateway.AddService(service.Get<ServiceOptions>()!);
            }
            catch (MessagingException exception)
            {
                problems.Add($"{service.Path}: {exception.Message}");
            }
            catch (InvalidOperationException exception)
            {
                problems.Add($"{service.Path}: {exception.Message}{(exception.InnerException is { } inner ? $" {inner.Message}" : "")}");
            }
        }

        if (problems.Count > 0)
            throw new OptionsValidationException(services.Key, typeof(ServiceOptions), problems);
    }
}
