using RabbitBridge.Testing;

namespace RabbitBridge.Cli.Demo.Remote;

/// <summary>What the demo starts for remote sessions: two gateway programs, Node, a browser. It ends all of it.</summary>
internal sealed class RemoteWorld(Func<TestBroker> broker, string prefix, Action<string> progress) : IAsyncDisposable
{
    private readonly List<IParticipant> _participants = [];
    private readonly List<GatewayServer> _gateways = [];
    private readonly List<string> _absent = [];
    private string? _scratch;
    private JavaScriptPackage? _package;
    private string? _node;
    private string? _browser;
    private PageServer? _pages;

    /// <summary>Not that of the gateways inside the workers: their sessions are not asked.</summary>
    public string Prefix { get; } = $"{prefix}-remote";

    public bool IsStarted => _scratch is not null;

    public GatewayServer North { get; private set; } = null!;

    public GatewayServer South { get; private set; } = null!;

    public DotNetParticipant DotNet { get; } = new("dotnet");

    /// <summary>Who asks without a session.</summary>
    public PlainCaller Plain { get; private set; } = null!;

    /// <summary>Those that are there.</summary>
    public IReadOnlyList<IParticipant> Participants => _participants;

    /// <summary>One line for each that is not.</summary>
    public IReadOnlyList<string> Absent => _absent;

    /// <summary>The ends of the names of handlers' queues.</summary>
    public IEnumerable<string> Queues => _participants.Select(each => $"demo.{each.Name}");

    public async Task StartGatewaysAsync(CancellationToken cancellationToken)
    {
        _scratch = Directory.CreateTempSubdirectory("rb-").FullName;
        await PrepareAsync(cancellationToken).ConfigureAwait(false);
        var north = StartGatewayAsync("north", cancellationToken);
        var south = StartGatewayAsync("south", cancellationToken);
        await Task.WhenAll(north, south).ConfigureAwait(false);
        North = await north.ConfigureAwait(false);
        South = await south.ConfigureAwait(false);
    }

    /// <summary>.NET and the browser at north, Node at south; all of them know both.</summary>
    public async Task OpenSessionsAsync(CancellationToken cancellationToken)
    {
        _participants.Add(DotNet);
        if (_node is not null)
            _participants.Add(new ScriptParticipant("node", "JAVASCRIPT_NODE", NodeHost.Start(_node, _package!.Folder!, _scratch!)));
        if (_pages is not null)
            _participants.Add(new ScriptParticipant("browser", "JAVASCRIPT_BROWSER", BrowserHost.Start(_browser!, _pages, _scratch!)));
        foreach (var participant in _participants)
        {
            Uri[] addresses = participant.Name == "node" ? [South.Address, North.Address] : [North.Address, South.Address];
            await participant.OpenAsync(addresses, cancellationToken).ConfigureAwait(false);
        }

        Plain = await PlainCaller.ConnectAsync(broker().AmqpUri, Prefix, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            var ends = _participants.Select(each => each.DisposeAsync().AsTask()).ToList();
            if (Plain is not null)
                ends.Add(Plain.DisposeAsync().AsTask());
            await Task.WhenAll(ends).ConfigureAwait(false);
        }
        finally
        {
            if (_pages is not null)
                await _pages.DisposeAsync().ConfigureAwait(false);
            await Task.WhenAll(_gateways.Select(each => each.DisposeAsync().AsTask())).ConfigureAwait(false);
            if (_scratch is not null)
                Directory.Delete(_scratch, recursive: true);
        }
    }

    private async Task PrepareAsync(CancellationToken cancellationToken)
    {
        _package = await JavaScriptPackage.PrepareAsync(_scratch!, progress, cancellationToken).ConfigureAwait(false);
        var node = Programs.Find("node");
        var browser = BrowserHost.Find();
        if (node is null)
            _absent.Add("No Node session: node is not on the PATH.");
        else if (_package.Folder is null)
            _absent.Add($"No Node session: {_package.Missing}.");
        else
            _node = node;

        if (browser is null)
            _absent.Add("No browser session: neither chromium, chromium-browser nor google-chrome is on the PATH.");
        else if (_package.Folder is null)
            _absent.Add($"No browser session: {_package.Missing}.");
        else
            (_browser, _pages) = (browser, PageServer.Start(_package.Folder));
    }

    private async Task<GatewayServer> StartGatewayAsync(string name, CancellationToken cancellationToken)
    {
        var gateway = await GatewayServer.StartAsync(name, broker().AmqpUri, Prefix, _pages?.Address, cancellationToken).ConfigureAwait(false);
        lock (_gateways)
            _gateways.Add(gateway);
        return gateway;
    }
}
