using System.CommandLine;

namespace RabbitBridge.Cli.Remote;

/// <summary><c>rabbitbridge sessions</c>: the open sessions of all gateways.</summary>
internal static class SessionsVerb
{
    private static readonly string[] UsualProperties =
        [SessionProperty.Principal, SessionProperty.Roles, SessionProperty.ServerName, SessionProperty.ClientType, SessionProperty.AllUser];

    public static Command Create()
    {
        var filter = RemoteCommand.Filter(ArgumentArity.ZeroOrOne);
        var properties = Properties();
        var connection = new ConnectionOptions();
        var command = new Command("sessions", "The open sessions of all gateways, the one that asks among them.") { filter, properties };
        command.SetRemoteAction(connection, async (result, remote, view, cancellationToken) =>
        {
            var replay = new SessionReplay();
            var options = Options(result, filter, properties);
            var adding = remote.Sessions.AddListenerAsync(replay, options, cancellationToken);
            var listener = await (connection.Timeout(result) is { } timeout ? LimitAsync(adding, timeout, cancellationToken) : adding).ConfigureAwait(false);
            await using (listener.ConfigureAwait(false))
                view.Sessions(replay.Open);
            return ExitCodes.Done;
        });
        return command;
    }

    public static Option<string[]> Properties() => new("--properties")
    {
        Description = "The properties to show; *F are all fixed ones and *U all that the sessions' users set.",
        HelpName = "KEY",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => UsualProperties,
    };

    /// <summary>What to listen to.</summary>
    public static SessionListenerOptions Options(ParseResult result, Argument<string> filter, Option<string[]> properties) => new()
    {
        Filter = result.GetValue(filter) is { } text ? SessionFilter.Parse(text) : SessionFilter.All,
        Properties = result.GetRequiredValue(properties),
    };

    private static async Task<IAsyncDisposable> LimitAsync(Task<IAsyncDisposable> adding, TimeSpan timeout, CancellationToken cancellationToken)
    {
        try
        {
            return await adding.WaitAsync(timeout, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new RequestTimeOutException($"The gateways have not told their sessions within {timeout.TotalSeconds} s.");
        }
    }
}
