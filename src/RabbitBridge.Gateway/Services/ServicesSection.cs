using RabbitBridge.Gateway.Hosting;
using RabbitBridge.Settings;

namespace RabbitBridge.Gateway.Services;

/// <summary>Reads the section <c>Services</c>, and tells all its mistakes at once.</summary>
internal static class ServicesSection
{
    /// <summary>The services that the gateway is to keep.</summary>
    /// <param name="services">The section.</param>
    /// <param name="fabric">What connects the gateway.</param>
    /// <param name="problems">Takes its mistakes.</param>
    public static IReadOnlyList<ServiceOptions> Read(IConfigurationSection services, FabricKind fabric, List<string> problems)
    {
        if (fabric != FabricKind.RabbitMq && services.GetChildren().Any())
            problems.Add($"{services.Path}: services need a broker, and Fabric is {fabric}; only {FabricKind.RabbitMq} is allowed with them.");
        List<ServiceOptions> read = [];
        // Of no host: it knows which services exclude each other.
        var checks = new RabbitBridgeBuilder(new ServiceCollection());
        foreach (var service in services.GetChildren())
        {
            var section = new SettingsSection(service, typeof(ServiceOptions));
            problems.AddRange(section.Problems);
            try
            {
                if (service[nameof(ServiceOptions.Path)] is not { } path)
                    throw new InvalidMessageDataException("It has no Path.");
                var options = new ServiceOptions { Path = path };
                section.BindTo(options);
                checks.AddService(options);
                read.Add(options);
            }
            catch (MessagingException exception)
            {
                problems.Add($"{service.Path}: {exception.Message}");
            }
        }

        return read;
    }
}
