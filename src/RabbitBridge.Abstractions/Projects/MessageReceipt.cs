using System.Text;

namespace RabbitBridge;

/// <summary>A system that a project message was selected for, and what became of it there. Its text is that of Ignition's <c>system.util.sendMessage</c>.</summary>
public sealed record MessageReceipt
{
    /// <summary>What it was selected for.</summary>
    public required MessageSystem Type { get; init; }

    /// <summary>The client session; <see langword="null"/> for a gateway.</summary>
    public SessionId? SessionId { get; init; }

    /// <summary>The client's address; empty for a gateway, and for a session inside a gateway's process.</summary>
    public string ClientAddress { get; init; } = string.Empty;

    /// <summary>The client's host; empty for a gateway.</summary>
    public string ClientHostName { get; init; } = string.Empty;

    /// <summary>The project.</summary>
    public required string Project { get; init; }

    /// <summary>The handler's name.</summary>
    public required string MessageHandler { get; init; }

    /// <summary>What narrowed the message.</summary>
    public required MessageSelection Selection { get; init; }

    /// <summary>What became of it.</summary>
    public required SendStatus Status { get; init; }

    /// <summary>The server, if it is not the sender's own.</summary>
    public string? Server { get; init; }

    /// <summary>A receipt of what another process told.</summary>
    /// <exception cref="FormatException">The session id is none.</exception>
    internal static MessageReceipt Of(
        string project, string messageHandler, MessageSelection selection, string? session, string? address, string? host, SendStatus status, string? server) => new()
        {
            Type = session is null ? MessageSystem.Gateway : MessageSystem.Client,
            SessionId = session is null ? null : RabbitBridge.SessionId.Parse(session),
            ClientAddress = address ?? string.Empty,
            ClientHostName = host ?? string.Empty,
            Project = project,
            MessageHandler = messageHandler,
            Selection = selection,
            Status = status,
            Server = server,
        };

    /// <summary>The name of a status in a receipt's text.</summary>
    /// <param name="status">The status.</param>
    /// <returns>Such as <c>NO_HANDLER</c>.</returns>
    public static string NameOf(SendStatus status) => status switch
    {
        SendStatus.Sent => "SENT",
        SendStatus.NoHandler => "NO_HANDLER",
        SendStatus.Denied => "DENIED",
        SendStatus.Unreachable => "UNREACHABLE",
        _ => "OVERLOADED",
    };

    /// <summary>The status of a name.</summary>
    /// <param name="name">Such as <c>NO_HANDLER</c>.</param>
    /// <returns>The status.</returns>
    /// <exception cref="InvalidMessageDataException">There is none of this name.</exception>
    public static SendStatus StatusOf(string name) => name switch
    {
        "SENT" => SendStatus.Sent,
        "NO_HANDLER" => SendStatus.NoHandler,
        "DENIED" => SendStatus.Denied,
        "UNREACHABLE" => SendStatus.Unreachable,
        "OVERLOADED" => SendStatus.Overloaded,
        _ => throw new InvalidMessageDataException($"'{name}' is no status of a project message."),
    };

    /// <summary>The receipt as one line of comma-separated fields; <c>server</c> is last, where there is one.</summary>
    /// <returns>Such as <c>type=Gateway,project=X,messageHandler=h,filterParams={hostName=, clientId=, scope=CG, user=, hasRole=},sendStatus=SENT</c>.</returns>
    public override string ToString()
    {
        var text = new StringBuilder($"type={Type}");
        if (Type == MessageSystem.Client)
            text.Append($",sessionId={SessionId},clientAddress={ClientAddress},clientHostName={ClientHostName}");
        text.Append($",project={Project},messageHandler={MessageHandler},filterParams={Selection},sendStatus={NameOf(Status)}");
        if (Server is not null)
            text.Append($",server={Server}");
        return text.ToString();
    }
}
