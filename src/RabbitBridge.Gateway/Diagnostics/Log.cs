
namespace RabbitBridge.Gateway.Diagnostics;

/// <summary>What the gateway process logs.</summary>
internal static partial class Log
{
    [LoggerMessage(19, LogLevel.Error, "The changed file {File} cannot be read; the settings before stay in force: {Problem}")]
    public static partial void SettingsFileBroken(ILogger logger, string file, string problem);
}
