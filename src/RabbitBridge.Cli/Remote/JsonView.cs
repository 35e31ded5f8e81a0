using System.Text.Json.Nodes;
using RabbitBridge.Cli.Values;

namespace RabbitBridge.Cli.Remote;

/// <summary>For scripts.</summary>
internal sealed class JsonView(TextWriter output) : IRemoteView
{
    private readonly Lock _gate = new();

    public void Error(MessagingException error) => Write(Fill([], error));

    public void Response(Payload response) => Write(Fill([], response));

    public void Answer(FilteredResponse<Payload> answer)
    {
        var line = new JsonObject { ["session"] = answer.Session.ToString() };
        Write(answer.Error is { } error ? Fill(line, error) : Fill(line, answer.Response));
    }

    public void AnswersEnd(int sessions, int errors) => Write(new() { ["sessions"] = sessions, ["errors"] = errors });

    public void Handles(string path, IRemoteSession session) => Write(new() { ["event"] = "handles", ["path"] = path, ["gateway"] = session.Gateway });

    public void Streams(string path, IRemoteSession session) =>
        Write(new() { ["event"] = "streams", ["path"] = path, ["session"] = session.Id.ToString(), ["gateway"] = session.Gateway });

    public void Receives(string project, string handler, IRemoteSession session) => Write(new()
    {
        ["event"] = "receives",
        ["project"] = project,
        ["messageHandler"] = handler,
        ["session"] = session.Id.ToString(),
        ["gateway"] = session.Gateway,
    });

    public void Request(Payload request, string path, SessionId? sender)
    {
        var line = new JsonObject { ["event"] = "request", ["path"] = path };
        if (sender is { } session)
            line["session"] = session.ToString();
        Write(Fill(line, request));
    }

    public void Message(ProjectMessage message) => Write(new()
    {
        ["event"] = "message",
        ["project"] = message.Project,
        ["messageHandler"] = message.MessageHandler,
        ["session"] = message.Sender.ToString(),
        ["principal"] = message.Principal,
        ["payload"] = JsonNode.Parse(message.Json.Span),
    });

    public void Connection(RemoteSessionState state, IRemoteSession session)
    {
        var line = new JsonObject { ["event"] = "connection", ["state"] = state.ToString(), ["session"] = session.Id.ToString(), ["gateway"] = session.Gateway };
        if (session.CloseReason is { } reason)
            (line["reason"], line["message"]) = (reason.ToString(), session.CloseMessage);
        Write(line);
    }

    public void Sessions(IReadOnlyList<OpenSession> sessions)
    {
        foreach (var session in sessions)
        {
            Write(new() { ["session"] = session.Id.ToString(), ["properties"] = Values(session.Properties) });
        }
    }

    public void Changed(int sessions) => Write(new() { ["sessions"] = sessions });

    public void Session(
        string what, SessionId session, IReadOnlyDictionary<string, string> properties, IReadOnlyDictionary<string, string?>? previous, SessionCloseReason? reason)
    {
        var line = new JsonObject { ["event"] = what, ["session"] = session.ToString(), ["properties"] = Values(properties) };
        if (previous is not null)
            line["previous"] = Values(previous);
        if (reason is { } why)
            line["reason"] = why.ToString();
        Write(line);
    }

    public void Route(string what, FabricRoute route) => Write(Fill(new() { ["event"] = what }, route));

    // A script has nobody who wonders.
    public void Connecting(IReadOnlyList<Uri> addresses, TimeSpan limit)
    {
    }

    public void WrongUsage(string mistake) => Write(new() { ["error"] = Output.WrongUsage.Name, ["message"] = mistake });

    public void Routes(FabricView fabric)
    {
        Write(new() { ["gateway"] = fabric.Gateway, ["gateways"] = Names(fabric.Gateways), ["findsBoundQueues"] = fabric.FindsBoundQueues });
        foreach (var route in fabric.Routes)
        {
            Write(Fill([], route));
        }

        foreach (var handler in fabric.Projects)
            Write(new() { ["project"] = handler.Project, ["messageHandler"] = handler.MessageHandler, ["atGateway"] = handler.IsAtGateway, ["sessions"] = handler.Sessions });
    }

    public void Services(IReadOnlyList<ServiceInfo> services, string gateway)
    {
        foreach (var service in services)
            Write(Fill(new() { ["path"] = service.Options.Path, ["gateway"] = gateway }, service));
    }

    public void Receipts(IReadOnlyList<MessageReceipt> receipts) => WriteLine(new JsonArray([.. receipts.Select(ReceiptJson.Of)]));

    private static JsonObject Values<TValue>(IReadOnlyDictionary<string, TValue> values)
        where TValue : class? =>
        new(values.OrderBy(static value => value.Key, StringComparer.Ordinal).Select(static value => KeyValuePair.Create(value.Key, (JsonNode?)(value.Value as string))));

    private static JsonObject Fill(JsonObject line, FabricRoute route)
    {
        (line["path"], line["localHandlers"], line["gateways"]) = (route.Path, route.LocalHandlers, Names(route.Gateways));
        if (route.Service is { } service)
            line["service"] = Fill([], service);
        if (route.Problem is { } problem)
            line["problem"] = problem;
        return line;
    }

    private static JsonArray Names(IReadOnlyList<string> names) => new([.. names.Select(name => JsonValue.Create(name))]);

    private static JsonObject Fill(JsonObject line, MessagingException error)
    {
        line["error"] = ErrorNames.Of(error.Reason);
        line["message"] = error.Message;
        return line;
    }

    private static JsonObject Fill(JsonObject line, ServiceInfo service)
    {
        var options = service.Options;
        if (options.Queue is { } queue)
            line["queue"] = queue;
        else
            (line["exchange"], line["routingKey"]) = (options.Exchange, options.RoutingKey);
        line["state"] = service.State.ToString();
        line["consumers"] = service.Consumers;
        line["contentType"] = options.ContentType;
        line["timeLimit"] = options.TimeLimit?.TotalSeconds;
        return line;
    }

    private static JsonObject Fill(JsonObject line, Payload payload)
    {
        line["contentType"] = payload.ContentType;
        line["value"] = payload.ToJson();
        return line;
    }

    private void Write(JsonObject line) => WriteLine(line);

    // Requests come at the same time, and a script reads each as soon as it has come.
    private void WriteLine(JsonNode line)
    {
        lock (_gate)
        {
            output.WriteJson(line);
            output.Flush();
        }
    }
}
