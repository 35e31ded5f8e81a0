using System.CommandLine;
using RabbitBridge.Cli.Values;

namespace RabbitBridge.Cli.Remote;

/// <summary><c>rabbitbridge stream</c>: answers requests that are sent to its session, by id or by a filter, until Ctrl-C.</summary>
internal static class StreamVerb
{
    public static Command Create()
    {
        var path = RemoteCommand.Path("The path, to the letter: a stream answers no other one.");
        var answers = new AnswerOptions();
        var command = new Command("stream", "Answers what request --session and filter send to this session at a path, until Ctrl-C, and prints each request.") { path };
        answers.AddTo(command);
        command.SetRemoteAction(
            new ConnectionOptions(),
            answers.ReadAsync,
            (result, reply, remote, view, cancellationToken) => AnswerAsync(result.GetRequiredValue(path), reply, remote, view, cancellationToken));
        return command;
    }

    private static Task<int> AnswerAsync(string path, Payload? reply, IRemoteSession remote, IRemoteView view, CancellationToken cancellationToken) => Serving.RunAsync(
        remote,
        view,
        _ =>
        {
            remote.Messages.SetRequestStream(path, new PrintingHandler(view, reply), PayloadDataType.Instance, PayloadDataType.Instance);
            view.Streams(path, remote);
            return Task.FromResult<Func<Task>>(() =>
            {
                remote.Messages.RemoveRequestStream(path);
                return Task.CompletedTask;
            });
        },
        cancellationToken);
}
