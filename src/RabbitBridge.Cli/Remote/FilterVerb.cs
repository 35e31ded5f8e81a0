using System.CommandLine;
using RabbitBridge.Cli.Values;

namespace RabbitBridge.Cli.Remote;

/// <summary><c>rabbitbridge filter</c>: sends a request to all sessions that a filter selects.</summary>
internal static class FilterVerb
{
    public static Command Create()
    {
        var filter = RemoteCommand.Filter(ArgumentArity.ExactlyOne);
        var path = RemoteCommand.Path("The message path; each session answers with the stream that it has set for exactly this path.");
        var value = ValueOptions.Argument("The request.");
        var (connection, values) = (new ConnectionOptions(), new ValueOptions());
        var command = new Command(
            "filter", "Sends a request to all sessions that a filter selects, and prints each one's answer or error. Exits with 1 if one has answered with an error.")
        {
            filter, path, value,
        };
        command.AddAll(values.All);
        values.CheckArgument(command, value);
        command.SetRemoteAction(connection, (result, cancelled) => values.ReadAsync(result, result.GetValue(value), cancelled), async (result, request, remote, view, cancellationToken) =>
        {
            var (sessions, errors) = (0, 0);
            var answers = remote.Messages.SendRequestToFilterAsync(
                SessionFilter.Parse(result.GetRequiredValue(filter)),
                result.GetRequiredValue(path),
                request,
                PayloadDataType.Instance,
                PayloadDataType.Instance,
                connection.RequestOptions(result),
                cancellationToken);
            // Every session to which it was sent comes once, with its answer or its error.
            await foreach (var answer in answers.ConfigureAwait(false))
            {
                sessions++;
                errors += answer.Error is null ? 0 : 1;
                view.Answer(answer);
            }

            view.AnswersEnd(sessions, errors);
            return errors == 0 ? ExitCodes.Done : ExitCodes.Failed;
        });
        return command;
    }
}
