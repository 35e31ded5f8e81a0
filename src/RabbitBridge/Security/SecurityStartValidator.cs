using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace RabbitBridge.Security;

/// <summary>Checks the security settings when the host starts.</summary>
internal sealed class SecurityStartValidator(IServiceProvider services) : IValidateOptions<SecurityStart>
{
    public ValidateOptionsResult Validate(string? name, SecurityStart options)
    {
        try
        {
            _ = services.GetRequiredService<SecurityState>();
            return ValidateOptionsResult.Success;
        }
        catch (OptionsValidationException exception)
        {
            return ValidateOptionsResult.Fail(exception.Failures);
        }
    }
}
