namespace RabbitBridge.Gateway.IntegrationTests;

/// <summary>A folder with an appsettings.json, which goes with the test.</summary>
internal sealed class SettingsFolder : IDisposable
{
    public SettingsFolder(string json) => Write(json);

    public string Path { get; } = Directory.CreateTempSubdirectory("rabbitbridge-settings-").FullName;

    /// <summary>Changes a file, at once and not in two steps.</summary>
    public void Write(string json, string name = "appsettings.json")
    {
        var file = System.IO.Path.Combine(Path, name);
        File.WriteAllText($"{file}.new", json);
        File.Move($"{file}.new", file, overwrite: true);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
