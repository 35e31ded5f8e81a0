namespace RabbitBridge.Testing.PrivateNodes;

/// <summary>A private node's temporary folder: configuration, data, log and Erlang cookie.</summary>
internal sealed class NodeFolder
{
    private const string Configuration = """
        # The folder lives in memory or on a small disk as often as not; the default would raise an alarm there.
        disk_free_limit.absolute = 50MB
        vm_memory_high_watermark.relative = 0.4
        loopback_users.guest = true
        log.file.level = warning
        """;

    private NodeFolder(string path) => Root = path;

    public string Root { get; }

    public string Data => Path.Combine(Root, "data");

    public string Log => Path.Combine(Root, "log", "node.log");

    public string Output => Path.Combine(Root, "node.out");

    public string ConfigurationFile => Path.Combine(Root, "rabbitmq.conf");

    public string PluginsFile => Path.Combine(Root, "enabled_plugins");

    public string Guardian => Path.Combine(Root, "guardian.sh");

    public static async Task<NodeFolder> CreateAsync(BrokerSettings settings, CancellationToken ct)
    {
        // CreateTempSubdirectory makes it readable by its owner only, as the cookie demands.
        var folder = new NodeFolder(Directory.CreateTempSubdirectory("rabbitbridge-node-").FullName);
        Directory.CreateDirectory(folder.Data);
        Directory.CreateDirectory(Path.GetDirectoryName(folder.Log)!);
        await File.WriteAllTextAsync(folder.ConfigurationFile, string.Join('\n', [Configuration, .. settings.NodeConfiguration, string.Empty]), ct).ConfigureAwait(false);
        await File.WriteAllTextAsync(folder.PluginsFile, $"[{string.Join(',', settings.NodePlugins)}].\n", ct).ConfigureAwait(false);
        var script = typeof(NodeFolder).Assembly.GetManifestResourceStream("guardian.sh")
            ?? throw new InvalidOperationException("guardian.sh is not embedded.");
        await using (script.ConfigureAwait(false))
        {
            var file = File.Create(folder.Guardian);
            await using (file.ConfigureAwait(false))
                await script.CopyToAsync(file, ct).ConfigureAwait(false);
        }

        return folder;
    }

    public void Wipe()
    {
        Directory.Delete(Data, recursive: true);
        Directory.CreateDirectory(Data);
    }

    /// <summary>The last lines that the node printed and logged, for an exception's text.</summary>
    public string Tail() => string.Join('\n', new[] { Output, Log }.Where(File.Exists).SelectMany(file => File.ReadLines(file).TakeLast(15)));
}
