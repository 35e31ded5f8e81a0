using System.CommandLine;

namespace RabbitBridge.Cli.Remote;

/// <summary>What the verbs that are clients of a gateway have in common.</summary>
internal static class RemoteCommand
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);

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

    /// <summary>An argument for a session's id, or else a filter.</summary>
    public static Argument<string> SessionOrFilter()
    {
        var argument = new Argument<string>("SESSION|FILTER") { Description = "A session's id, or a filter such as: Department is \"Accounts\"" };
        argument.Validators.Add(static result =>
        {
            foreach (var token in result.Tokens)
            {
                if (!SessionId.TryParse(token.Value, out _) && !SessionFilter.TryParse(token.Value, out _, out var errors))
                    result.AddError($"SESSION|FILTER: no session's id, and no filter. {new InvalidFilterException(errors).Message}");
            }
        });
        return argument;
    }

    public static (SessionId? Session, SessionFilter? Filter) SplitTarget(string target) =>
        SessionId.TryParse(target, out var session) ? (session, null) : (null, SessionFilter.Parse(target));

    public static void AddAll(this Command command, IReadOnlyList<Option> options)
    {
        foreach (var option in options)
            command.Add(option);
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
        Func<ParseResult, ClientOptions, ClientOptions>? configure = null) => command.SetRemoteAction(
            connection,
            static (_, _) => Task.FromResult<object?>(null),
            (result, _, session, view, cancellationToken) => action(result, session, view, cancellationToken),
            configure);

    /// <summary>The same, for a verb that reads something before it connects.</summary>
    /// <param name="command">The verb.</param>
    /// <param name="connection">Its options for the connection.</param>
    /// <param name="read">Reads what the parser has not seen; a <see cref="FormatException"/> is wrong usage.</param>
    /// <param name="action">What it does.</param>
    /// <param name="configure">Completes the options of the session, where the verb has more to say of it.</param>
    public static void SetRemoteAction<TInput>(
        this Command command,
        ConnectionOptions connection,
        Func<ParseResult, CancellationToken, Task<TInput>> read,
        Func<ParseResult, TInput, IRemoteSession, IRemoteView, CancellationToken, Task<int>> action,
        Func<ParseResult, ClientOptions, ClientOptions>? configure = null)
    {
        connection.AddTo(command);
        command.SetAction(async (result, cancellationToken) =>
        {
            IRemoteView view = connection.Json(result) ? new JsonView(Console.Out) : new PeopleView(Console.Error);
            var options = connection.Read(result);
            TInput input;
            try
            {
                input = await read(result, cancellationToken).ConfigureAwait(false);
            }
            catch (FormatException exception)
            {
                view.WrongUsage(exception.Message);
                return ExitCodes.WrongUsage;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return ExitCodes.Interrupted;
            }

            return await RunAsync(
                view, configure?.Invoke(result, options) ?? options, connection.ExpiredToken(result), (session, cancelled) => action(result, input, session, view, cancelled), cancellationToken).ConfigureAwait(false);
        });
    }

    public static RequestOptions RequestOptions(this ConnectionOptions connection, ParseResult result) => new() { Timeout = connection.Timeout(result) };

    private static async Task<IRemoteSession> ConnectAsync(IRemoteView view, ClientOptions options, CancellationToken cancellationToken)
    {
        var connecting = RabbitBridgeClient.ConnectAsync(options, cancellationToken);
        // Nobody shall wonder whether anything happens.
        if (await Task.WhenAny(connecting, Task.Delay(Quiet, cancellationToken)).ConfigureAwait(false) != connecting && !cancellationToken.IsCancellationRequested)
            view.Connecting(options.Addresses, options.ConnectTimeout);
        return await connecting.ConfigureAwait(false);
    }

    private static async Task<int> RunAsync(
        IRemoteView view, ClientOptions options, string? expiredToken, Func<IRemoteSession, CancellationToken, Task<int>> action, CancellationToken cancellationToken)
    {
        try
        {
            IRemoteSession session;
            try
            {
                session = await ConnectAsync(view, options, cancellationToken).ConfigureAwait(false);
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
