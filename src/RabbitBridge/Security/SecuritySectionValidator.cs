using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using RabbitBridge.Settings;

namespace RabbitBridge.Security;

/// <summary>Finds what in the configuration's section cannot become security settings: keys that are not known, values of a wrong kind.</summary>
internal sealed class SecuritySectionValidator(IConfiguration section) : IValidateOptions<SecurityOptions>
{
    public ValidateOptionsResult Validate(string? name, SecurityOptions options) =>
        new SettingsSection(section, typeof(SecurityOptions)).Problems is { Count: > 0 } problems ? ValidateOptionsResult.Fail(problems) : ValidateOptionsResult.Success;
}
