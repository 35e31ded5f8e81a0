using System.CommandLine;
using System.Text.Json;
using RabbitBridge.Cli.Values;

namespace RabbitBridge.Cli.Remote;

/// <summary><c>rabbitbridge message</c>: sends a project message and prints what became of it.</summary>
internal static class MessageVerb
{
    public static Command Create()
    {
        var project = Name("PROJECT", "The project.");
        var handler = Name("HANDLER", "The message handler's name.");
        var payload = new Argument<string?>("JSON") { Description = "The payload, a JSON object. With - it is read from standard input.", Arity = ArgumentArity.ZeroOrOne };
        payload.Validators.Add(static result =>
        {
            try
            {
                foreach (var token in result.Tokens.Where(static token => token.Value != InputFile.StandardInput))
                    JsonObjectText.Parse(token.Value);
            }
            catch (FormatException exception)
            {
                result.AddError(exception.Message);
            }
        });
        var file = new Option<string?>("--file") { Description = "The payload is what is in this file; - for standard input.", HelpName = "FILE" };
        var scope = Scope();
        var user = new Option<string?>("--user") { Description = "Only to client sessions of this principal.", HelpName = "NAME" };
        var role = new Option<string?>("--role") { Description = "Only to client sessions with this role.", HelpName = "ROLE" };
        var host = new Option<string?>("--host") { Description = "Only to client sessions on this host.", HelpName = "NAME" };
        var session = RemoteCommand.Session("Only to this client session; the gateway gets it too, unless --scope is C.");
        var servers = new Option<string[]>("--server") { Description = "Deliver it at this gateway, not at the one that is asked; several as several options.", HelpName = "NAME" };
        var connection = new ConnectionOptions();
        var command = new Command(
            "message", "Sends a message to the handlers of a project, and prints what became of it at each. Exits with 1 if it was not sent to one of them.")
        {
            project, handler, payload, file, scope, user, role, host, session, servers,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(payload) is null == result.GetValue(file) is null)
                result.AddError("message needs one of JSON and --file FILE.");
        });
        command.SetRemoteAction(connection, ReadAsync, async (result, json, remote, view, cancellationToken) =>
        {
            var selection = new MessageSelection
            {
                Scope = result.GetValue(scope),
                ClientSessionId = result.GetValue(session)?.ToString(),
                User = result.GetValue(user),
                HasRole = result.GetValue(role),
                HostName = result.GetValue(host),
            };
            var sending = remote.Projects.SendMessageAsync(
                result.GetRequiredValue(project),
                result.GetRequiredValue(handler),
                json,
                selection,
                result.GetValue(servers),
                cancellationToken);
            var receipts = await (connection.Timeout(result) is { } timeout ? LimitAsync(sending, timeout, cancellationToken) : sending).ConfigureAwait(false);
            view.Receipts(receipts);
            return receipts.All(static receipt => receipt.Status == SendStatus.Sent) ? ExitCodes.Done : ExitCodes.Failed;
        });
        return command;

        async Task<JsonElement> ReadAsync(ParseResult result, CancellationToken cancellationToken)
        {
            return JsonObjectText.Parse(InputFile.Source(result.GetValue(file), result.GetValue(payload)) is { } source
                ? InputFile.Text(await InputFile.ReadAsync(source, cancellationToken).ConfigureAwait(false))
                : result.GetValue(payload)!);
        }
    }

    /// <summary>An argument that names a project or a handler.</summary>
    public static Argument<string> Name(string name, string description)
    {
        var argument = new Argument<string>(name) { Description = description };
        argument.Validators.Add(result =>
        {
            if (result.Tokens.Any(static token => string.IsNullOrWhiteSpace(token.Value)))
                result.AddError($"{name}: a name is not empty.");
        });
        return argument;
    }

    private static Option<MessageScope?> Scope() => new("--scope")
    {
        Description = "C for client sessions, G for the gateway, CG for both. Default: C if --user, --role or --host is given, else CG.",
        HelpName = "C|G|CG",
        CustomParser = static result =>
        {
            try
            {
                return MessageScopes.Parse(result.Tokens[0].Value);
            }
            catch (InvalidMessageDataException exception)
            {
                result.AddError($"--scope {result.Tokens[0].Value}: {exception.Message}");
                return null;
            }
        },
    };

    private static async Task<IReadOnlyList<MessageReceipt>> LimitAsync(Task<IReadOnlyList<MessageReceipt>> sending, TimeSpan timeout, CancellationToken cancellationToken)
    {
        try
        {
            return await sending.WaitAsync(timeout, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new RequestTimeOutException($"What became of the message was not told within {timeout.TotalSeconds} s; it may have been delivered.");
        }
    }
}
