using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using RabbitBridge.Diagnostics;

namespace RabbitBridge.Security;

/// <summary>
/// The security settings that hold now. Not an <see cref="IOptionsMonitor{TOptions}"/>: after a change with a mistake that one
/// throws, into whoever reloads the configuration and at everybody who asks from then on.
/// </summary>
internal sealed class SecurityState : IDisposable
{
    private readonly IOptionsFactory<SecurityOptions> _factory;
    private readonly ILogger _logger;
    private readonly List<IDisposable> _changes;
    private readonly Lock _gate = new();
    private SecurityModel _model;

    /// <exception cref="OptionsValidationException">The settings hold mistakes.</exception>
    public SecurityState(
        IOptionsFactory<SecurityOptions> factory, IEnumerable<IOptionsChangeTokenSource<SecurityOptions>> changes, ILogger logger)
    {
        (_factory, _logger) = (factory, logger);
        _model = Load();
        _changes = [.. changes.Select(source => ChangeToken.OnChange(source.GetChangeToken, Reload))];
    }

    public SecurityModel Model => Volatile.Read(ref _model);

    public void Dispose()
    {
        foreach (var change in _changes)
            change.Dispose();
    }

    private SecurityModel Load()
    {
        try
        {
            return new SecurityModel(_factory.Create(Options.DefaultName));
        }
        catch (InvalidOperationException exception)
        {
            throw new OptionsValidationException(
                nameof(SecurityOptions), typeof(SecurityOptions), [$"{SecurityOptions.SectionName}: {Explain(exception)}"]);
        }
    }

    // The binder does not know a key, or a value is of the wrong kind: around the message that names it there may be one that
    // says nothing, and within it one that does not name the key.
    private static string Explain(Exception exception)
    {
        while (exception.InnerException is InvalidOperationException inner)
            exception = inner;
        return exception.Message;
    }

    private void Reload()
    {
        lock (_gate)
        {
            try
            {
                Volatile.Write(ref _model, Load());
                Log.SecurityReloaded(_logger);
            }
            catch (OptionsValidationException exception)
            {
                Log.SecurityNotReloaded(_logger, string.Join(' ', exception.Failures));
            }
#pragma warning disable CA1031 // Whatever prevents it, whoever reloads the configuration must not suffer from it.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                Log.SecurityNotReloaded(_logger, exception.Message);
            }
        }
    }
}
