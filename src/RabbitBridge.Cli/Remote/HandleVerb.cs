using System.CommandLine;
using RabbitBridge.Cli.Values;

namespace RabbitBridge.Cli.Remote;

/// <summary><c>rabbitbridge handle</c>: answers requests to a branch of paths until Ctrl-C.</summary>
internal static class HandleVerb
{
    public static Command Create()
    {
        var path = RemoteCommand.Path("The branch of paths to handle; / for all that nobody else handles.");
        var answers = new AnswerOptions();
        var command = new Command("handle", "Handles a branch of paths until Ctrl-C, and prints each request.") { path };
        answers.AddTo(command);
        command.SetRemoteAction(
            new ConnectionOptions(),
            answers.ReadAsync,
            (result, reply, remote, view, cancellationToken) => HandleAsync(result.GetRequiredValue(path), reply, remote, view, cancellationToken));
        return command;
    }

    private static Task<int> HandleAsync(string path, Payload? reply, IRemoteSession remote, IRemoteView view, CancellationToken cancellationToken) => Serving.RunAsync(
        remote,
        view,
        async cancelled =>
        {
            var type = PayloadDataType.Instance;
            var registration = await remote.Messages.AddRequestHandlerAsync(path, new PrintingHandler(view, reply), type, type, cancellationToken: cancelled).ConfigureAwait(false);
            view.Handles(path, remote);
            return registration.CloseAsync;
        },
        cancellationToken);
}
