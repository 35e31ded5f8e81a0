using Microsoft.Extensions.Options;

namespace RabbitBridge.Security;

/// <summary>Finds all mistakes in the security settings at once; each is named by its key.</summary>
internal sealed class SecurityOptionsValidator : IValidateOptions<SecurityOptions>
{
    public ValidateOptionsResult Validate(string? name, SecurityOptions options)
    {
        var problems = new Problems();
        RoleChecks.Check(options, problems);
        LoginChecks.Check(options, problems);
        JwtChecks.Check(options.Jwt, problems);
        AmqpUserChecks.Check(options, problems);
        ProjectChecks.Check(options, problems);
        return problems.All.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems.All);
    }
}
