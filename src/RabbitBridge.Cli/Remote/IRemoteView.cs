using RabbitBridge.Cli.Values;

namespace RabbitBridge.Cli.Remote;

/// <summary>Shows what comes of the remote verbs, to people or to scripts.</summary>
internal interface IRemoteView
{
    void Error(MessagingException error);

    void Response(Payload response);

    /// <summary>One session's answer to a filter request, or its error.</summary>
    void Answer(FilteredResponse<Payload> answer);

    void AnswersEnd(int sessions, int errors);

    /// <summary>The handler is registered.</summary>
    void Handles(string path, IRemoteSession session);

    /// <summary>The session answers at a path.</summary>
    void Streams(string path, IRemoteSession session);

    /// <summary>The message handler is registered.</summary>
    void Receives(string project, string handler, IRemoteSession session);

    /// <summary>A request has come.</summary>
    /// <param name="request">The request.</param>
    /// <param name="path">Its path.</param>
    /// <param name="sender">Who has sent it: the default value for a plain AMQP client, <see langword="null"/> if that is not known, as a stream is not told.</param>
    void Request(Payload request, string path, SessionId? sender);

    /// <summary>A project message has come.</summary>
    void Message(ProjectMessage message);

    /// <summary>How the connection of a verb that serves stands, after it has changed.</summary>
    void Connection(RemoteSessionState state, IRemoteSession session);

    void Sessions(IReadOnlyList<OpenSession> sessions);

    /// <summary>So many sessions were changed, or closed.</summary>
    void Changed(int sessions);

    /// <summary>A session has opened, changed or closed.</summary>
    void Session(string what, SessionId session, IReadOnlyDictionary<string, string> properties, IReadOnlyDictionary<string, string?>? previous, SessionCloseReason? reason);

    /// <summary>A route has come, changed or gone.</summary>
    void Route(string what, FabricRoute route);

    /// <summary>Connecting takes its time.</summary>
    void Connecting(IReadOnlyList<Uri> addresses, TimeSpan limit);

    /// <summary>What the command line asks for cannot be.</summary>
    void WrongUsage(string mistake);

    void Routes(FabricView fabric);

    /// <summary>The existing services of a gateway.</summary>
    void Services(IReadOnlyList<ServiceInfo> services, string gateway);

    /// <summary>What became of a project message.</summary>
    void Receipts(IReadOnlyList<MessageReceipt> receipts);
}
