using System.Collections;
using Microsoft.Extensions.Options;
using RabbitBridge.Gateway.Projects;
using RabbitBridge.AspNetCore.Remote;
using RabbitBridge.Gateway.Services;
using RabbitBridge.Security;
using RabbitBridge.Settings;

namespace RabbitBridge.Gateway.Hosting;

/// <summary>Finds all mistakes in a gateway's configuration at once, across its sections, before anything is made of it.</summary>
internal static class ConfigurationCheck
{
    public static IReadOnlyList<string> Find(IConfigurationManager configuration)
    {
        List<string> problems = [];
        problems.AddRange(KnownSections.CheckFiles((IConfigurationRoot)configuration));
        problems.AddRange(KnownSections.CheckEnvironment(Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(static each => (string)each.Key)));
        problems.AddRange(ListeningAddress.Check(configuration[WebHostDefaults.ServerUrlsKey]));
        if (!TryReadFabric(configuration, out var fabric))
            problems.Add($"{KnownSections.Fabric} {ShownSetting.Value(KnownSections.Fabric, configuration[KnownSections.Fabric]!)}: one of {string.Join(", ", Enum.GetNames<FabricKind>())}.");
        // These validators belong to libraries, which know nothing of sections.
        Check(configuration, KnownSections.Gateway, new GatewayOptions(), new GatewayOptionsValidator(), $"{KnownSections.Gateway}:", problems);
        if (fabric == FabricKind.RabbitMq)
            Check(configuration, KnownSections.RabbitMq, new RabbitMqOptions(), new RabbitMqOptionsValidator(), $"{KnownSections.RabbitMq}:", problems);
        Check(configuration, KnownSections.Remote, new RemoteOptions(), new RemoteOptionsValidator(), string.Empty, problems);
        Check(configuration, SecurityOptions.SectionName, new SecurityOptions(), new SecurityOptionsValidator(), string.Empty, problems);
        ProjectsSection.Read(configuration.GetSection(KnownSections.Projects), fabric, problems);
        ServicesSection.Read(configuration.GetSection(KnownSections.Services), fabric, problems);
        return problems;
    }

    /// <summary>Reads the key <c>Fabric</c>.</summary>
    /// <returns>Whether it is a fabric's, or not there.</returns>
    public static bool TryReadFabric(IConfiguration configuration, out FabricKind fabric)
    {
        fabric = FabricKind.RabbitMq;
        return configuration[KnownSections.Fabric] is not { } text
            || (Enum.GetNames<FabricKind>().Contains(text, StringComparer.OrdinalIgnoreCase) && Enum.TryParse(text, ignoreCase: true, out fabric));
    }

    private static void Check<TOptions>(
        IConfigurationManager configuration, string name, TOptions options, IValidateOptions<TOptions> validator, string prefix, List<string> problems)
        where TOptions : class
    {
        var section = new SettingsSection(configuration.GetSection(name), typeof(TOptions));
        problems.AddRange(section.Problems);
        section.BindTo(options);
        if (validator.Validate(Options.DefaultName, options) is { Failed: true, Failures: var failures })
            problems.AddRange(failures.Select(failure => $"{prefix}{failure}"));
    }
}
