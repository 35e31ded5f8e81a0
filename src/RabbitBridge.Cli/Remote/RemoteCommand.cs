using System.CommandLine;

namespace RabbitBridge.Cli.Remote;

/// <summary>What the verbs that are clients of a gateway have in common.</summary>
internal static class RemoteCommand
{
    public static Argument<string> Path(string description)
    {
        var argument = new Argument<string>("PATH") { Description = description };
        argument.Validators.Add(static result =>
        {
            foreach (var token in result.Tokens)
            {
                if (!MessagePath.TryParse(token.Value, out _, out var problem))
                    result.AddError($"PATH: {problem}");
            }
        });
        return argument;
    }

    public static Argument<string> Filter(ArgumentArity arity)
    {
        var argument = new Argument<string>("FILTER") { Description = "Which sessions, for example: Department is \"Accounts\" and not hasRoles \"guest\"", Arity = arity };
        argument.Validators.Add(static result =>
        {
            foreach (var token in result.Tokens)
            {
                if (!SessionFilter.TryParse(token.Value, out _, out var errors))
                    result.AddError($"FILTER: {new InvalidFilterException(errors).Message}");
            }
        });
        return argument;
    }

    public static Option<SessionId?> Session(string description) => new("--session")
    {
        Description = description,
        HelpName = "ID",
        CustomParser = static result =>
        {
            if (SessionId.TryParse(result.Tokens[0].Value, out var id))
                return id;
            result.AddError($"--session {result.Tokens[0].Value}: a session id has two 16-digit hexadecimal parts joined by '-'.");
            return null;
        },
    };

    /// <summary>Sets what a verb does with its session, and what it ends with.</summary>
    /// <param name="command">The verb.</param>
    /// <param name="connection">Its options for the connection.</param>
    /// <param name="action">What it does.</param>
    /// <param name="configure">Completes the options of the session, where the verb has more to say of it.</param>
    public static void SetRemoteAction(
        this Command command,
        ConnectionOptions connection,
        Func<ParseResult, IRemoteSession, IRemoteView, CancellationToken, Task<int>> action,
        Func<ParseResult, ClientOptions, ClientOptions>? configure = null)
    {
        connection.AddTo(command);
        command.SetAction((result, cancellationToken) =>
        {
            IRemoteView view = connection.Json(result) ? new JsonView(Console.Out) : new PeopleView(Console.Error);
            var options = connection.Read(result);
            return RunAsync(view, configure?.Invoke(result, options) ?? options, connection.ExpiredToken(result), (session, cancelled) => action(result, session, view, cancelled), cancellationToken);
        });
    }

    public static RequestOptions RequestOptions(this ConnectionOptions connection, ParseResult result) => new() { Timeout = connection.Timeout(result) };

    private static async Task<int> RunAsync(
        IRemoteView view, ClientOptions options, string? expiredToken, Func<IRemoteSession, CancellationToken, Task<int>> action, CancellationToken cancellationToken)
    {
        try
        {
            IRemoteSession session;
            try
            {
                session = await RabbitBridgeClient.ConnectAsync(options, cancellationToken).ConfigureAwait(false);
            }
            catch (CommunicationFailureException exception)
            {
                view.Error(exception);
                return ExitCodes.Unreachable;
            }
            catch (AccessDeniedException exception) when (expiredToken is not null)
            {
                throw new AccessDeniedException($"{exception.Message} {expiredToken}", exception);
            }

            await using (session.ConfigureAwait(false))
                return await action(session, cancellationToken).ConfigureAwait(false);
        }
        catch (MessagingException exception)
        {
            view.Error(exception);
            return ExitCodes.For(exception.Reason);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ExitCodes.Interrupted;
        }
    }
}
