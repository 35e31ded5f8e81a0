using RabbitBridge.Testing.Containers;
using RabbitBridge.Testing.External;
using RabbitBridge.Testing.PrivateNodes;

namespace RabbitBridge.Testing;

/// <summary>Takes the kind that is asked for, or the first that works: the given one costs nothing, a container is nearest to
/// production, a private node needs only a package.</summary>
internal static class BrokerChoice
{
    private static readonly TimeSpan EnginePingLimit = TimeSpan.FromSeconds(2);

    public static async Task<IBrokerHost> StartAsync(BrokerSettings settings, CancellationToken ct) => settings.Kind switch
    {
        TestBrokerKind.External => External(settings),
        TestBrokerKind.Container => await ContainerBroker.StartAsync(settings, ct).ConfigureAwait(false),
        TestBrokerKind.PrivateNode => await NodeAsync(settings, ct).ConfigureAwait(false),
        _ => await FirstThatWorksAsync(settings, ct).ConfigureAwait(false),
    };

    private static async Task<IBrokerHost> FirstThatWorksAsync(BrokerSettings settings, CancellationToken ct)
    {
        if (settings.ExternalUri is not null)
            return External(settings);

        if (await DockerEngine.AnswersAsync(EnginePingLimit, ct).ConfigureAwait(false))
        {
            try
            {
                return await ContainerBroker.StartAsync(settings, ct).ConfigureAwait(false);
            }
            catch (ContainerUnavailableException e)
            {
                settings.Report($"{e.Message} Going on without a container.");
            }
        }

        return await NodeAsync(settings, ct).ConfigureAwait(false);
    }

    private static ExternalBroker External(BrokerSettings settings) => new(settings.ExternalUri
        ?? throw new TestBrokerException($"{BrokerSettings.KindVariable}=external needs {BrokerSettings.UriVariable}."));

    private static async Task<IBrokerHost> NodeAsync(BrokerSettings settings, CancellationToken ct)
    {
        var installation = RabbitInstallation.Find();
        if (installation is null && settings.MayInstall && DebianInstaller.IsPossible())
        {
            await DebianInstaller.InstallAsync(settings.Report, ct).ConfigureAwait(false);
            installation = RabbitInstallation.Find();
        }

        if (installation is null)
            throw new TestBrokerException(
                $"No broker: {BrokerSettings.UriVariable} is not set, no Docker engine with the image {settings.Image} answers, and "
                + "rabbitmq-server is not installed. Do one of these: start RabbitMQ and set "
                + $"{BrokerSettings.UriVariable}=amqp://user:password@host:5672/; start Docker; or install the server "
                + "(Debian, Ubuntu: apt-get install rabbitmq-server; Fedora: dnf install rabbitmq-server).");
        return await PrivateNode.StartAsync(installation, settings, ct).ConfigureAwait(false);
    }
}
