namespace RabbitBridge.Cli.Demo.Remote;

/// <summary>Looks for programs on the PATH.</summary>
internal static class Programs
{
    /// <returns>The whole path of the first of the names that is there; <see langword="null"/> if none is.</returns>
    public static string? Find(params IReadOnlyList<string> names)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return names.SelectMany(name => folders.Select(folder => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
    }
}
