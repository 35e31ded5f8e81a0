using Microsoft.Extensions.Configuration.Json;

namespace RabbitBridge.Gateway.Hosting;

/// <summary>A JSON file of the configuration that keeps its settings when it is changed into something that is no JSON.</summary>
internal sealed class SettingsFileSource : JsonConfigurationSource
{
    public SettingsFileSource(JsonConfigurationSource source)
    {
        FileProvider = source.FileProvider;
        Optional = source.Optional;
        if (source.Path is { } path)
            Path = path;
        (ReloadOnChange, ReloadDelay) = (source.ReloadOnChange, source.ReloadDelay);
    }

    public override IConfigurationProvider Build(IConfigurationBuilder builder)
    {
        EnsureDefaults(builder);
        return new SettingsFileProvider(this);
    }
}
