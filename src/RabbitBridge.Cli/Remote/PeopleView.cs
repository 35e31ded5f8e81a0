using System.Text;
using RabbitBridge.Cli.Output;
using RabbitBridge.Cli.Values;
using Spectre.Console;

namespace RabbitBridge.Cli.Remote;

/// <summary>For people: results on standard output, and everything about them on standard error.</summary>
internal sealed class PeopleView(TextWriter errors) : IRemoteView
{
    private readonly Lock _gate = new();
    private readonly IAnsiConsole _console = Consoles.Create();
    private readonly List<FilteredResponse<Payload>> _answers = [];

    public void Error(MessagingException error) => errors.WriteLine($"{ErrorNames.Of(error.Reason)}: {Printable(error.Message)}");

    public void Response(Payload response) => Console.Out.WriteLine(Show(response));

    public void Answer(FilteredResponse<Payload> answer) => _answers.Add(answer);

    public void AnswersEnd(int sessions, int errors)
    {
        if (_answers.Count > 0)
        {
            var table = Consoles.Table("session", "answer");
            foreach (var answer in _answers)
            {
                table.AddRow(
                    new Text(answer.Session.ToString()),
                    answer.Error is { } error
                        ? new Text(Printable($"{ErrorNames.Of(error.Reason)}: {error.Message}"), new Style(Color.Red))
                        : new Text(Show(answer.Response)));
            }

            _console.Write(table);
        }

        Console.Out.WriteLine($"{Count(sessions, "session")}, {Count(errors, "error")}");
    }

    public void Handles(string path, IRemoteSession session) => errors.WriteLine($"Handles '{path}' at gateway {session.Gateway}. Ctrl-C ends it.");

    public void Streams(string path, IRemoteSession session) =>
        errors.WriteLine($"Session {session.Id} answers at '{path}', at gateway {session.Gateway}. Ctrl-C ends it.");

    public void Receives(string project, string handler, IRemoteSession session) =>
        errors.WriteLine($"Session {session.Id} receives '{Printable(handler)}' of project '{Printable(project)}', at gateway {session.Gateway}. Ctrl-C ends it.");

    public void Request(Payload request, string path, SessionId? sender)
    {
        var from = sender switch
        {
            null => "",
            { } session when session == default => " from a plain AMQP client",
            { } session => $" from {session}",
        };
        lock (_gate)
            Console.Out.WriteLine($"{Printable(path)}{from}: {Show(request)}");
    }

    public void Message(ProjectMessage message)
    {
        var from = message.Principal.Length == 0 ? $"{message.Sender}" : $"{message.Sender} ({Printable(message.Principal)})";
        lock (_gate)
            Console.Out.WriteLine($"{Printable(message.MessageHandler)} from {from}: {Printable(Encoding.UTF8.GetString(message.Json.Span))}");
    }

    public void Connection(RemoteSessionState state, IRemoteSession session) => errors.WriteLine(state switch
    {
        RemoteSessionState.Disconnected => $"The connection to gateway {session.Gateway} is lost; trying again.",
        RemoteSessionState.Reconnected => $"Connected to gateway {session.Gateway} again.",
        RemoteSessionState.FailedOver => $"Connected to gateway {session.Gateway} with a new session, {session.Id}.",
        RemoteSessionState.Closed => $"The session at gateway {session.Gateway} is closed ({session.CloseReason}). {Printable(session.CloseMessage ?? "")}".TrimEnd(),
        _ => $"The session at gateway {session.Gateway} is {state}.",
    });

    public void Sessions(IReadOnlyList<OpenSession> sessions)
    {
        string[] keys = [.. sessions.SelectMany(session => session.Properties.Keys).Distinct().Order(StringComparer.Ordinal)];
        if (sessions.Count > 0)
        {
            var table = Consoles.Table(["session", .. keys.Select(key => Markup.Escape(Printable(key)))]);
            foreach (var session in sessions)
                table.AddRow([new Text(session.Id.ToString()), .. keys.Select(key => new Text(Printable(session.Properties.GetValueOrDefault(key, ""))))]);
            _console.Write(table);
        }

        Console.Out.WriteLine(Count(sessions.Count, "session"));
    }

    public void Changed(int sessions) => Console.Out.WriteLine(Count(sessions, "session"));

    public void Session(
        string what, SessionId session, IReadOnlyDictionary<string, string> properties, IReadOnlyDictionary<string, string?>? previous, SessionCloseReason? reason)
    {
        var shown = previous is null
            ? properties.OrderBy(static property => property.Key, StringComparer.Ordinal).Select(static property => $"{property.Key}={property.Value}")
            : previous.OrderBy(static property => property.Key, StringComparer.Ordinal)
                .Select(property => $"{property.Key}={properties.GetValueOrDefault(property.Key, "")} (was {property.Value ?? "nothing"})");
        lock (_gate)
            Console.Out.WriteLine(Printable($"{what} {session}{(reason is { } why ? $" ({why})" : "")} {string.Join(' ', shown)}".TrimEnd()));
    }

    public void Route(string what, FabricRoute route)
    {
        var who = route.Service is { } service
            ? Shown(service)
            : string.Join(", ", route.Gateways.Prepend(route.LocalHandlers == 0 ? "" : $"{Count(route.LocalHandlers, "handler")} here").Where(static name => name.Length > 0));
        lock (_gate)
            Console.Out.WriteLine(Printable($"{what} {Shown(route.Path)} {who}".TrimEnd()));
    }

    // For who looks on, not for who reads afterwards what went wrong.
    public void Connecting(IReadOnlyList<Uri> addresses, TimeSpan limit)
    {
        if (!Console.IsErrorRedirected)
            errors.WriteLine($"Connecting to {string.Join(", ", addresses)}, for {limit.TotalSeconds} s at most …");
    }

    public void WrongUsage(string mistake) => errors.WriteLine(Printable(mistake));

    public void Routes(FabricView fabric)
    {
        if (fabric.Routes.Count > 0)
        {
            var table = Consoles.Table("path", $"handlers at {Markup.Escape(fabric.Gateway)}", "other gateways with handlers");
            foreach (var route in fabric.Routes)
                table.AddRow(new Text(Shown(route.Path)), new Text(route.Service is { } service ? Shown(service) : $"{route.LocalHandlers}"), new Text(string.Join(", ", route.Gateways)));
            _console.Write(table);
            foreach (var route in fabric.Routes.Where(static route => route.Problem is not null))
                Console.Out.WriteLine($"Plain AMQP clients do not reach {fabric.Gateway} at {Shown(route.Path)}: {Printable(route.Problem!)}");
        }

        if (fabric.Projects.Count > 0)
        {
            var table = Consoles.Table("project", "message handler", $"at {Markup.Escape(fabric.Gateway)}", "in client sessions");
            foreach (var handler in fabric.Projects)
                table.AddRow(new Text(Printable(handler.Project)), new Text(Printable(handler.MessageHandler)), new Text(handler.IsAtGateway ? "yes" : "no"), new Text($"{handler.Sessions}"));
            _console.Write(table);
        }

        var others = fabric.Gateways.Count == 0 ? "it knows no other gateway" : $"it knows {string.Join(", ", fabric.Gateways)}";
        Console.Out.WriteLine($"{Count(fabric.Routes.Count, "path")}, as gateway {fabric.Gateway} sees them; {others}");
        if (!fabric.FindsBoundQueues)
            Console.Out.WriteLine("Queues that services have bound by themselves are not among them: the gateway has no RabbitMq:Management.");
    }

    public void Services(IReadOnlyList<ServiceInfo> services, string gateway)
    {
        if (services.Count > 0)
        {
            var table = Consoles.Table("path", "service", "content type", "time limit");
            foreach (var service in services)
            {
                table.AddRow(
                    new Text(Shown(service.Options.Path)), new Text(Shown(service)), new Text(Printable(service.Options.ContentType ?? "")),
                    new Text(service.Options.TimeLimit is { } limit ? $"{limit.TotalSeconds} s" : ""));
            }

            _console.Write(table);
        }

        Console.Out.WriteLine($"{Count(services.Count, "service")} at gateway {gateway}");
    }

    public void Receipts(IReadOnlyList<MessageReceipt> receipts)
    {
        foreach (var receipt in receipts)
            Console.Out.WriteLine(Printable(receipt.ToString()));
    }

    private static string Count(int number, string what) => number == 1 ? $"1 {what}" : $"{number} {what}s";

    private static string Shown(string path) => path.Length == 0 ? "/" : Printable(path);

    private static string Shown(ServiceInfo service)
    {
        var options = service.Options;
        var where = options.Queue is { } queue ? $"queue {queue}" : $"exchange {options.Exchange}, key '{options.RoutingKey}'";
        return Printable(service switch
        {
            { State: ServiceState.Missing } => $"{where}: not there",
            { State: ServiceState.Conflict } => $"{where}: others have the path",
            { Consumers: { } consumers } => $"{where}: {Count(consumers, "consumer")}",
            _ => where,
        });
    }

    private static string Show(Payload payload) => Printable(payload.ToText());

    // What goes into a file or a pipe stays as it is.
    private static string Printable(string text) => Console.IsOutputRedirected ? text : text.WithoutControls();
}
