namespace RabbitBridge.Cli.Demo.Remote;

/// <summary>The scripts of the demo's sessions in JavaScript.</summary>
internal static class ScriptFolder
{
    /// <summary>For whatever a script is told, its start included.</summary>
    public static readonly TimeSpan ReplyLimit = TimeSpan.FromSeconds(60);

    public static string Path { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, "Demo", "Remote", "Scripts");
}
