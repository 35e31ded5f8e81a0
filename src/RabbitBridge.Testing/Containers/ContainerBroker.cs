using System.Globalization;
using Docker.DotNet;
using DotNet.Testcontainers.Builders;
using DotNet.Testcontainers.Containers;
using Microsoft.Extensions.Logging.Abstractions;
using Testcontainers.RabbitMq;

namespace RabbitBridge.Testing.Containers;

/// <summary>A container of its own. The host's port is chosen once, so that clients find the broker again after a restart.
/// </summary>
internal sealed class ContainerBroker : IBrokerHost
{
    private const string Login = "rabbitmq";
    private static readonly TimeSpan PullLimit = TimeSpan.FromMinutes(10);
    private readonly BrokerSettings _settings;
    private readonly DockerEngine _engine;
    private readonly int _port;
    private RabbitMqContainer _container;
    private bool _disposed;

    private ContainerBroker(BrokerSettings settings, DockerEngine engine, int port)
    {
        _settings = settings;
        _engine = engine;
        _port = port;
        _container = Build();
    }

    public Uri AmqpUri =>
        new(string.Create(CultureInfo.InvariantCulture, $"amqp://{Login}:{Login}@{_container.Hostname}:{_port}/"));

    public TestBrokerKind Kind => TestBrokerKind.Container;

    public string Origin => _settings.DenyDeprecatedFeatures
        ? $"container {_settings.Image}, deprecated features denied"
        : $"container {_settings.Image}";

    public static async Task<ContainerBroker> StartAsync(BrokerSettings settings, CancellationToken ct)
    {
        var engine = DockerEngine.Find() ?? throw new TestBrokerException(
            "No Docker engine: start one, or set DOCKER_HOST; as root, docker/with-engine.sh runs a command with a private one.");
        ContainerBroker? broker = null;
        try
        {
            broker = new ContainerBroker(settings, engine, FreePorts.Take(1)[0]);
            await broker.StartAsync(ct).ConfigureAwait(false);
            return broker;
        }
        catch
        {
            if (broker is null)
                engine.Dispose();
            else
                await broker.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public Task StopAsync() => _container.State == TestcontainersStates.Running ? _container.StopAsync() : Task.CompletedTask;

    public Task KillAsync() => _engine.KillAsync(_container.Id, CancellationToken.None);

    public async Task RestartAsync(bool wipe, CancellationToken ct)
    {
        if (wipe)
        {
            await _container.DisposeAsync().ConfigureAwait(false);
            _container = Build();
        }
        else
        {
            await StopAsync().ConfigureAwait(false);
        }

        await StartAsync(ct).ConfigureAwait(false);
    }

    public async Task<string> RunControlCommandAsync(IReadOnlyList<string> args)
    {
        var result = await _container.ExecAsync(["rabbitmqctl", .. args]).ConfigureAwait(false);
        return result.ExitCode == 0
            ? result.Stdout
            : throw new TestBrokerException(
                $"'rabbitmqctl {string.Join(' ', args)}' failed with code {result.ExitCode}:\n{result.Stdout}{result.Stderr}");
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        _disposed = true;
        await _container.DisposeAsync().ConfigureAwait(false);
        _engine.Dispose();
    }

    private RabbitMqContainer Build()
    {
        var builder = new RabbitMqBuilder(_settings.Image)
            .WithUsername(Login)
            .WithPassword(Login)
            .WithPortBinding(_port, RabbitMqBuilder.RabbitMqPort)
            // Else a Debian image logs to a file, and a broker that does not start tells nothing.
            .WithEnvironment("RABBITMQ_LOGS", "-")
            // Where a wake-up of a sleeping thread is dear, as in small virtual machines, this cuts the start to a third.
            .WithEnvironment("RABBITMQ_SCHEDULER_BUSY_WAIT_THRESHOLD", "short")
            // The handshake below says more than a line in the log, and has a limit of its own.
            .WithWaitStrategy(Wait.ForUnixContainer())
            .WithLogger(NullLogger.Instance);
        if (_settings.DenyDeprecatedFeatures)
            builder = builder.WithResourceMapping(DenyDeprecated(), "/etc/rabbitmq/conf.d/90-deny-deprecated.conf");
        if (_engine.IsLocal)
        {
            // A broker with a well-known password is for this machine alone.
            builder = builder.WithCreateParameterModifier(static parameters =>
            {
                foreach (var binding in parameters.HostConfig!.PortBindings!.Values.SelectMany(static bindings => bindings))
                    binding.HostIP = "127.0.0.1";
            });
        }

        return builder.Build();
    }

    private async Task StartAsync(CancellationToken ct)
    {
        await StartContainerAsync(ct).ConfigureAwait(false);
        try
        {
            await AmqpProbe.WaitUntilReadyAsync(AmqpUri, _settings.StartTimeout, EndAsync, ct).ConfigureAwait(false);
        }
        catch (TestBrokerException e)
        {
            var (output, error) = await _container.GetLogsAsync(ct: CancellationToken.None).ConfigureAwait(false);
            var tail = string.Join('\n', $"{output}\n{error}".Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(20));
            throw new TestBrokerException($"{e.Message} The container's log ends:\n{tail}", e);
        }
    }

    private async ValueTask<string?> EndAsync(CancellationToken ct) =>
        await _engine.IsRunningAsync(_container.Id, ct).ConfigureAwait(false) ? null : "The container ended before its broker was ready.";

    private async Task StartContainerAsync(CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(PullLimit);
        try
        {
            _settings.Report(await _engine.HasImageAsync(_settings.Image, limit.Token).ConfigureAwait(false)
                ? $"Starting a container of {_settings.Image}…"
                : $"Getting the image {_settings.Image} (once)…");
            await _container.StartAsync(limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (!ct.IsCancellationRequested
            && e is DockerApiException or HttpRequestException or OperationCanceledException or DockerUnavailableException)
        {
            throw new ContainerUnavailableException(
                $"No container of {_settings.Image} can be started: {e.Message.Trim()} Without a registry, make an image with "
                + $"docker/make-broker-image.sh, and set {BrokerSettings.ImageVariable} to its name and TESTCONTAINERS_RYUK_DISABLED=true.",
                e);
        }
    }

    private static byte[] DenyDeprecated()
    {
        using var resource = typeof(ContainerBroker).Assembly.GetManifestResourceStream("rabbitmq-deny-deprecated.conf")
            ?? throw new InvalidOperationException("rabbitmq-deny-deprecated.conf is not embedded.");
        using var bytes = new MemoryStream();
        resource.CopyTo(bytes);
        return bytes.ToArray();
    }
}
