using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using RabbitBridge.Diagnostics;
using RabbitBridge.Security;
using RabbitBridge.Settings;

namespace RabbitBridge;

/// <summary>Adds the security model to a host.</summary>
public static class SecurityServiceCollectionExtensions
{
    /// <summary>
    /// Has sessions authenticated and their permissions decided by <see cref="SecurityOptions"/>, which are checked when the
    /// host starts. An <see cref="IAuthorizer"/> of the application's own stays; each <see cref="IAuthenticator"/> of its own is
    /// asked before those for configured principals, tokens and anonymous clients.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddRabbitBridgeSecurity(this IServiceCollection services, Action<SecurityOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.AddOptions<SecurityOptions>().Configure(configure);
        services.AddOptions<SecurityStart>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SecurityOptions>, SecurityOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SecurityStart>, SecurityStartValidator>());
        services.TryAddSingleton(static provider => new Telemetry(LoggerOf(provider)));
        services.TryAddSingleton(static provider => new SecurityState(
            provider.GetRequiredService<IOptionsFactory<SecurityOptions>>(),
            provider.GetServices<IOptionsChangeTokenSource<SecurityOptions>>(),
            LoggerOf(provider)));
        if (services.FirstOrDefault(static service => service.ServiceType == typeof(IAuthorizer) && service.ImplementationType == typeof(PermitAll)) is { } permitAll)
            services.Remove(permitAll);
        services.TryAddSingleton<IAuthorizer, RoleAuthorizer>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IAuthenticator, PrincipalAuthenticator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IAuthenticator, AnonymousAuthenticator>());
        services.TryAddSingleton(static provider => new AuthenticatorChain(
            provider.GetServices<IAuthenticator>(),
            provider.GetRequiredService<SecurityState>(),
            provider.GetRequiredService<Telemetry>(),
            LoggerOf(provider)));
        return services;
    }

    /// <summary>
    /// The same, with the options of a configuration's section, usually <see cref="SecurityOptions.SectionName"/>. When the
    /// configuration is loaded again the new settings hold from then on, unless they have mistakes. A key that is no setting is
    /// a mistake.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="section">The section.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddRabbitBridgeSecurity(this IServiceCollection services, IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(section);
        services.AddRabbitBridgeSecurity(static _ => { });
        services.AddSingleton<IOptionsChangeTokenSource<SecurityOptions>>(new ConfigurationChangeTokenSource<SecurityOptions>(section));
        services.AddOptions<SecurityOptions>().Configure(options => new SettingsSection(section, typeof(SecurityOptions)).BindTo(options));
        services.AddSingleton<IValidateOptions<SecurityOptions>>(new SecuritySectionValidator(section));
        return services;
    }

    private static ILogger LoggerOf(IServiceProvider provider) => provider.GetService<ILogger<IAuthenticator>>() ?? NullLogger<IAuthenticator>.Instance;
}
