using Microsoft.Extensions.Configuration.Json;
using RabbitBridge.Settings;

namespace RabbitBridge.Gateway.Hosting;

/// <summary>
/// The sections of the gateway's configuration, its own and the framework's. A setting of any other does nothing: somebody has mistyped it, and may
/// believe that it protects the gateway.
/// </summary>
internal static class KnownSections
{
    public const string Fabric = "Fabric";
    public const string Gateway = "Gateway";
    public const string RabbitMq = "RabbitMq";
    public const string Remote = "Remote";
    public const string Projects = "Projects";
    public const string Services = "Services";

    private const string TelemetryPrefix = "OTEL_";

    private static readonly string[] Own = [Fabric, Gateway, RabbitMq, Remote, SecurityOptions.SectionName, Projects, Services];

    // Those of ASP.NET Core's hosts, its web server, and logging.
    private static readonly string[] Framework =
    [
        "Logging", "Kestrel", "AllowedHosts", "Metrics", "urls", "http_ports", "https_ports", "https_port", "environment", "contentRoot", "webRoot",
        "applicationName", "preferHostingUrls", "captureStartupErrors", "detailedErrors", "suppressStatusMessages", "shutdownTimeoutSeconds",
        "startupAssembly", "hostingStartupAssemblies", "hostingStartupExcludeAssemblies", "preventHostingStartup", "hostBuilder",
        "forwardedHeaders_Enabled", "staticWebAssets", "$schema",
    ];

    // Sections whose keys are fixed: a variable of the environment that has one of them is meant for the gateway.
    private static readonly Dictionary<string, Type> Fixed = new(StringComparer.OrdinalIgnoreCase)
    {
        [Gateway] = typeof(GatewayOptions),
        [RabbitMq] = typeof(RabbitMqOptions),
        [Remote] = typeof(RemoteOptions),
        [SecurityOptions.SectionName] = typeof(SecurityOptions),
    };

    /// <summary>Finds settings of unknown sections in the files of the configuration.</summary>
    public static IEnumerable<string> CheckFiles(IConfigurationRoot configuration)
    {
        foreach (var file in configuration.Providers.OfType<JsonConfigurationProvider>())
        {
            var path = file.Source.Path ?? "a JSON file";
            foreach (var key in file.GetChildKeys([], null).Distinct(StringComparer.OrdinalIgnoreCase))
            {
                file.TryGet(key, out var value);
                if (Problem(key, value, path) is { } problem)
                    yield return problem;
            }
        }
    }

    /// <summary>Finds variables of the environment that are meant for the gateway, and mistyped. All others belong to somebody else.</summary>
    /// <param name="names">The names of the variables.</param>
    public static IEnumerable<string> CheckEnvironment(IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            var parts = name.Split("__");
            if (parts.Length > 1 && !IsKnown(parts[0]) && NearestName.Of(parts[0], Fixed.Keys) is { } meant
                && Fixed[meant].GetProperties().Any(property => property.Name.Equals(parts[1], StringComparison.OrdinalIgnoreCase)))
                yield return $"{name} (environment): there is no section {parts[0]}; did you mean {string.Join("__", [meant, .. parts[1..]])}? {Allowed()}";
        }
    }

    /// <summary>Looks at one setting, by its section.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="value">Its value; <see langword="null"/> for a section.</param>
    /// <param name="source">Where it stands.</param>
    /// <returns>What is wrong; <see langword="null"/> for nothing.</returns>
    public static string? Problem(string key, string? value, string source)
    {
        var parts = key.Split(ConfigurationPath.KeyDelimiter);
        var shown = value is null ? string.Empty : $" {ShownSetting.Value(key, value)}";
        if (!IsKnown(parts[0]))
        {
            var meant = NearestName.Of(parts[0], [.. Own, .. Framework]) is { } name ? $"; did you mean {string.Join(ConfigurationPath.KeyDelimiter, [name, .. parts[1..]])}?" : ".";
            return $"{key}{shown} ({source}): there is no {(parts.Length > 1 || value is null ? $"section {parts[0]}" : "such key")}{meant} {Allowed()}";
        }

        return parts.Length == 1 && !string.IsNullOrEmpty(value) && Own.Contains(key, StringComparer.OrdinalIgnoreCase) && !key.Equals(Fabric, StringComparison.OrdinalIgnoreCase)
            ? $"{key}{shown} ({source}): it is a section; a key in it is allowed, as in --{key}:KEY VALUE."
            : null;
    }

    private static bool IsKnown(string section) =>
        Own.Contains(section, StringComparer.OrdinalIgnoreCase) || Framework.Contains(section, StringComparer.OrdinalIgnoreCase)
        || section.StartsWith(TelemetryPrefix, StringComparison.OrdinalIgnoreCase);

    private static string Allowed() => $"Allowed are {string.Join(", ", Own)}, and ASP.NET Core's own such as urls, Kestrel, Logging.";
}
