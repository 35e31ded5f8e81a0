using Microsoft.Extensions.Configuration.Json;

namespace RabbitBridge.Gateway.Hosting;

/// <summary>Reads a <see cref="SettingsFileSource"/>.</summary>
internal sealed class SettingsFileProvider(SettingsFileSource source) : JsonConfigurationProvider(source)
{
    private IDictionary<string, string?>? _last;

    /// <summary>Whether the file has been read before.</summary>
    public bool WasRead => _last is not null;

    public override void Load(Stream stream)
    {
        base.Load(stream);
        _last = Data;
    }

    /// <summary>Takes back that the base class forgets everything when the changed file cannot be read: without its settings the gateway might stand open.</summary>
    public void Restore() => Data = _last ?? Data;
}
