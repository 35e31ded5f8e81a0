using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.FileProviders;
using RabbitBridge.Gateway.Diagnostics;

namespace RabbitBridge.Gateway.Hosting;

/// <summary>The JSON files of a gateway's configuration. One that is broken while the gateway runs is told in the log, and changes nothing.</summary>
internal sealed class SettingsFiles
{
    private ILogger? _logger;

    /// <summary>Has the files of the configuration, and the one beside the program, read in this way.</summary>
    /// <exception cref="InvalidDataException">A file is no JSON.</exception>
    public static SettingsFiles Take(IConfigurationBuilder configuration)
    {
        var files = new SettingsFiles();
        for (var i = 0; i < configuration.Sources.Count; i++)
        {
            if (configuration.Sources[i] is JsonConfigurationSource source)
                configuration.Sources[i] = files.Add(new SettingsFileSource(source));
        }

        // Otherwise what the program brings along counts only where it is started in its own folder.
        configuration.Sources.Insert(0, files.Add(new SettingsFileSource(new JsonConfigurationSource
        {
            FileProvider = new PhysicalFileProvider(AppContext.BaseDirectory),
            Path = "appsettings.json",
            Optional = true,
        })));
        return files;
    }

    /// <summary>From now on there is a log.</summary>
    public void LogTo(ILogger logger) => Volatile.Write(ref _logger, logger);

    private SettingsFileSource Add(SettingsFileSource source)
    {
        source.OnLoadException = context =>
        {
            // It is thrown on: to the start, or to whoever watches the file, so that nobody reads settings that have not changed.
            if (context.Provider is not SettingsFileProvider { WasRead: true } provider)
                return;
            provider.Restore();
            if (Volatile.Read(ref _logger) is { } logger)
                Log.SettingsFileBroken(logger, source.Path ?? string.Empty, context.Exception.GetBaseException().Message);
        };
        return source;
    }
}
