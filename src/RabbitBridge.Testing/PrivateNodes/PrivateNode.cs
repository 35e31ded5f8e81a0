using System.Globalization;

namespace RabbitBridge.Testing.PrivateNodes;

/// <summary>The installed server as a node of its own: own folder, ports, cookie and epmd, all ended by their ids.</summary>
internal sealed class PrivateNode : IBrokerHost
{
    private static readonly TimeSpan ControlLimit = TimeSpan.FromMinutes(1);
    private readonly RabbitInstallation _installation;
    private readonly BrokerSettings _settings;
    private readonly NodeFolder _folder;
    private readonly IReadOnlyDictionary<string, string> _environment;
    private readonly NodeGuardian _guardian;
    private bool _disposed;

    private PrivateNode(
        RabbitInstallation installation,
        BrokerSettings settings,
        NodeFolder folder,
        IReadOnlyDictionary<string, string> environment,
        NodeGuardian guardian,
        Uri amqpUri)
    {
        _installation = installation;
        _settings = settings;
        _folder = folder;
        _environment = environment;
        _guardian = guardian;
        AmqpUri = amqpUri;
    }

    public Uri AmqpUri { get; }

    public TestBrokerKind Kind => TestBrokerKind.PrivateNode;

    public string Origin => "private node";

    public string FolderPath => _folder.Root;

    public int EpmdPid => _guardian.EpmdPid;

    public int? NodePid => _guardian.NodePid;

    public static async Task<PrivateNode> StartAsync(RabbitInstallation installation, BrokerSettings settings, CancellationToken ct)
    {
        settings.Report("Starting rabbitmq-server as a private node…");
        var folder = await NodeFolder.CreateAsync(settings, ct).ConfigureAwait(false);
        var ports = FreePorts.Take(3);
        var name = $"rb-{Guid.NewGuid():N}"[..15] + "@localhost";
        var environment = NodeEnvironment.Create(folder, name, ports[0], ports[1], ports[2]);
        NodeGuardian guardian;
        try
        {
            guardian = await NodeGuardian.StartAsync(installation, folder, environment, ct).ConfigureAwait(false);
        }
        catch
        {
            if (Directory.Exists(folder.Root))
                Directory.Delete(folder.Root, recursive: true);
            throw;
        }

        var uri = new Uri(string.Create(CultureInfo.InvariantCulture, $"amqp://guest:guest@127.0.0.1:{ports[0]}/"));
        var node = new PrivateNode(installation, settings, folder, environment, guardian, uri);
        try
        {
            await node.StartAsync(ct).ConfigureAwait(false);
            return node;
        }
        catch
        {
            await node.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public Task StopAsync()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _guardian.StopNodeAsync();
    }

    public Task KillAsync()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _guardian.KillNodeAsync();
    }

    public async Task RestartAsync(bool wipe, CancellationToken ct)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        // What is thrown away need not be put in order first.
        await (wipe ? _guardian.KillNodeAsync() : _guardian.StopNodeAsync()).ConfigureAwait(false);
        if (wipe)
            _folder.Wipe();
        await StartAsync(ct).ConfigureAwait(false);
    }

    public async Task<string> RunControlCommandAsync(IReadOnlyList<string> args)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return await Command.RunAsync(_installation.Control, args, ControlLimit, CancellationToken.None, _environment).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        _disposed = true;
        await _guardian.DisposeAsync().ConfigureAwait(false);
    }

    private async Task StartAsync(CancellationToken ct)
    {
        await _guardian.StartNodeAsync(ct).ConfigureAwait(false);
        await AmqpProbe.WaitUntilReadyAsync(
            AmqpUri,
            _settings.StartTimeout,
            _ => new(_guardian.NodeHasEnded() ? $"rabbitmq-server ended before it was ready:\n{_folder.Tail()}" : null),
            ct).ConfigureAwait(false);
    }
}
