namespace RabbitBridge.Testing.PrivateNodes;

/// <summary>An installed RabbitMQ server and the Erlang tools that it needs.</summary>
/// <param name="Scripts">The folder of the server's own scripts.</param>
/// <param name="Epmd">Erlang's port mapper daemon.</param>
internal sealed record RabbitInstallation(string Scripts, string Epmd)
{
    // Debian's wrappers in /usr/sbin switch to the user rabbitmq and to the system's node; these are the real scripts.
    private const string DebianScripts = "/usr/lib/rabbitmq/bin";

    public string Server => Path.Combine(Scripts, "rabbitmq-server");

    public string Control => Path.Combine(Scripts, "rabbitmqctl");

    /// <summary>Null if there is none. Private nodes need setsid(1) and /proc, so Linux only.</summary>
    public static RabbitInstallation? Find()
    {
        if (!OperatingSystem.IsLinux())
            return null;
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            // A user's PATH often lacks it, and packages put the server there.
            .Append("/usr/sbin").ToArray();
        var scripts = File.Exists(Path.Combine(DebianScripts, "rabbitmq-server")) ? DebianScripts : ScriptsOnPath(path);
        var epmd = OnPath(path, "epmd");
        return scripts is null || epmd is null || OnPath(path, "setsid") is null ? null : new RabbitInstallation(scripts, epmd);
    }

    private static string? ScriptsOnPath(string[] path)
    {
        if (OnPath(path, "rabbitmq-server") is not { } server)
            return null;
        // Through links, because the scripts look for their siblings beside themselves.
        var real = File.ResolveLinkTarget(server, returnFinalTarget: true)?.FullName ?? server;
        return Path.GetDirectoryName(real);
    }

    private static string? OnPath(string[] path, string name) =>
        path.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
}
