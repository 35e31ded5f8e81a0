using System.CommandLine;
using RabbitBridge.Cli.Values;

namespace RabbitBridge.Cli.Remote;

/// <summary><c>rabbitbridge request</c>: sends a request and prints the response.</summary>
internal static class RequestVerb
{
    public static Command Create()
    {
        var path = RemoteCommand.Path("The message path, such as shop/orders/new.");
        var value = ValueOptions.Argument("The request.");
        var session = RemoteCommand.Session("To this session, not to whoever handles the path.");
        var (connection, values) = (new ConnectionOptions(), new ValueOptions());
        var command = new Command("request", "Sends a request and prints the response.") { path, value, session };
        command.AddAll(values.All);
        values.CheckArgument(command, value);
        command.SetRemoteAction(connection, (result, cancelled) => values.ReadAsync(result, result.GetValue(value), cancelled), async (result, request, remote, view, cancellationToken) =>
        {
            var to = result.GetRequiredValue(path);
            var (type, options) = (PayloadDataType.Instance, connection.RequestOptions(result));
            var sent = result.GetValue(session) is { } id
                ? remote.Messages.SendRequestAsync(id, to, request, type, type, options, cancellationToken)
                : remote.Messages.SendRequestAsync(to, request, type, type, options, cancellationToken);
            view.Response(await sent.ConfigureAwait(false));
            return ExitCodes.Done;
        });
        return command;
    }
}
