using System.Collections.Concurrent;
using RabbitBridge.Calls;
using RabbitBridge.Routing;

namespace RabbitBridge.Sessions;

/// <summary>The open sessions of a gateway.</summary>
internal sealed class SessionTable : ISessionStreams
{
    private readonly ConcurrentDictionary<SessionId, Session> _sessions = new();

    public int Count => _sessions.Count;

    public IEnumerable<Session> All => _sessions.Values;

    public bool TryAdd(Session session) => _sessions.TryAdd(session.Id, session);

    public void Remove(Session session) => _sessions.TryRemove(session.Id, out _);

    public bool Contains(Session session) => Find(session.Id) == session;

    public Session? Find(SessionId id) => _sessions.GetValueOrDefault(id);

    public RequestReceiver? FindStream(SessionId session, MessagePath path, out bool isOpen)
    {
        var found = Find(session);
        isOpen = found is not null;
        return found?.FindStream(path);
    }
}
