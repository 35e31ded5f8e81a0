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
    void Handles(string path, string gateway);

    void Request(Payload request, IRequestContext context);

    /// <summary>How the connection of a handler stands, after it has changed.</summary>
    void Connection(RemoteSessionState state, IRemoteSession session);

    void Sessions(IReadOnlyList<OpenSession> sessions);

    void Routes(FabricView fabric);

    /// <summary>The existing services of a gateway.</summary>
    void Services(IReadOnlyList<ServiceInfo> services, string gateway);

    /// <summary>What became of a project message.</summary>
    void Receipts(IReadOnlyList<MessageReceipt> receipts);
}
