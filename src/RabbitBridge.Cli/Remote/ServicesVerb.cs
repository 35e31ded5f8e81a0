using System.CommandLine;
using System.Globalization;

namespace RabbitBridge.Cli.Remote;

/// <summary><c>rabbitbridge services</c>: the existing AMQP services to which a gateway has given paths.</summary>
internal static class ServicesVerb
{
    public static Command Create() => new("services", "Existing AMQP services, under a path at a gateway. They stay for as long as the gateway runs; for longer, its configuration has the section Services.")
    {
        Add(), List(), Remove(),
    };

    private static Command Add()
    {
        var path = RemoteCommand.Path("The branch of the paths whose requests the service gets.");
        var queue = new Option<string?>("--queue") { Description = "Its queue, which exists.", HelpName = "NAME" };
        var exchange = new Option<string?>("--exchange") { Description = "The exchange, which exists, in place of a queue.", HelpName = "NAME" };
        var key = new Option<string>("--key") { Description = "The routing key for the exchange.", HelpName = "KEY", DefaultValueFactory = static _ => "" };
        var contentType = new Option<string?>("--content-type") { Description = "What the service reads and writes, such as text/plain.", HelpName = "TYPE" };
        var limit = new Option<double?>("--time-limit") { Description = "How many seconds the service may take, if the caller does not give up before.", HelpName = "SECONDS" };
        var errorHeader = new Option<string?>("--error-header") { Description = "A header that makes an answer an error.", HelpName = "NAME" };
        var errorProperty = new Option<string?>("--error-property") { Description = "A property that makes a JSON answer an error.", HelpName = "NAME" };
        var wait = new Option<bool>("--wait-for-consumers") { Description = "Requests wait while nobody consumes the queue; otherwise they end with UNHANDLED_MESSAGE." };
        var connection = new ConnectionOptions();
        var command = new Command("add", "Gives a service a path.") { path, queue, exchange, key, contentType, limit, errorHeader, errorProperty, wait };
        command.Validators.Add(result =>
        {
            if (result.GetValue(queue) is null == result.GetValue(exchange) is null)
                result.AddError("Either --queue or --exchange.");
            if (result.GetValue(limit) is <= 0 or > 2_000_000)
                result.AddError(string.Create(CultureInfo.InvariantCulture, $"--time-limit {result.GetValue(limit)}: more than 0 and at most 2000000 seconds."));
        });
        command.SetRemoteAction(connection, async (result, remote, view, cancellationToken) =>
        {
            await remote.AddServiceAsync(
                new ServiceOptions
                {
                    Path = result.GetRequiredValue(path),
                    Queue = result.GetValue(queue),
                    Exchange = result.GetValue(exchange),
                    RoutingKey = result.GetRequiredValue(key),
                    ContentType = result.GetValue(contentType),
                    TimeLimit = result.GetValue(limit) is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
                    ErrorHeader = result.GetValue(errorHeader),
                    ErrorProperty = result.GetValue(errorProperty),
                    WaitForConsumers = result.GetValue(wait),
                },
                cancellationToken).ConfigureAwait(false);
            view.Services(await remote.GetServicesAsync(cancellationToken).ConfigureAwait(false), remote.Gateway);
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command List()
    {
        var connection = new ConnectionOptions();
        var command = new Command("list", "The services of a gateway, and how it stands with them.");
        command.SetRemoteAction(connection, async (_, remote, view, cancellationToken) =>
        {
            view.Services(await remote.GetServicesAsync(cancellationToken).ConfigureAwait(false), remote.Gateway);
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command Remove()
    {
        var path = RemoteCommand.Path("Its path.");
        var connection = new ConnectionOptions();
        var command = new Command("remove", "Takes the path away from a service. Exits with 1 if the gateway has none there.") { path };
        command.SetRemoteAction(connection, async (result, remote, view, cancellationToken) =>
        {
            var wasThere = await remote.RemoveServiceAsync(result.GetRequiredValue(path), cancellationToken).ConfigureAwait(false);
            view.Services(await remote.GetServicesAsync(cancellationToken).ConfigureAwait(false), remote.Gateway);
            return wasThere ? ExitCodes.Done : ExitCodes.Failed;
        });
        return command;
    }
}
