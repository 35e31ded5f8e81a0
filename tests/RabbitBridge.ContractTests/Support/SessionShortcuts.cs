namespace RabbitBridge.ContractTests;

/// <summary>What most tests do with a session, in few words.</summary>
public static class SessionShortcuts
{
    public static Task<string> AskAsync(this ISession session, string path, string text = "", RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(session);
        return session.Messages.SendRequestAsync<string, string>(path, text, options, cancellationToken);
    }

    public static Task<string> AskAsync(this ISession session, SessionId target, string path, string text = "", RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(session);
        return session.Messages.SendRequestAsync<string, string>(target, path, text, options, cancellationToken);
    }

    /// <summary>Registers a handler that answers every request with the same text.</summary>
    public static Task<IRegistration> AnswerAsync(this ISession session, string path, string answer)
    {
        ArgumentNullException.ThrowIfNull(session);
        return session.Messages.AddRequestHandlerAsync<string, string>(path, (_, _, _) => new(answer));
    }

    /// <summary>Sets a stream that answers every request with the same text.</summary>
    public static IRequestStream? AnswerOnStream(this ISession session, string path, string answer)
    {
        ArgumentNullException.ThrowIfNull(session);
        return session.Messages.SetRequestStream<string, string>(path, (_, _, _) => new(answer));
    }
}
