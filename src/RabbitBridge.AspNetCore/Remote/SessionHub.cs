using Microsoft.AspNetCore.SignalR;

namespace RabbitBridge.AspNetCore.Remote;

/// <summary>What clients call; docs/remote-protocol.md describes it.</summary>
internal sealed class SessionHub(RemoteSessions sessions) : Hub
{
    public const string Path = "/rabbitbridge";

    /// <summary>The method by which each side sends frames.</summary>
    public const string FrameMethod = "Frame";

    /// <summary>Where among a connection's items its session is.</summary>
    public static readonly object SessionKey = new();

    public async Task<string> Open(string? request)
    {
        if (Context.Items.ContainsKey(SessionKey))
        {
            sessions.RefuseSecond(Context);
            throw new HubException("The connection has a session already.");
        }

        var (session, reply) = await sessions.OpenAsync(request, Context).ConfigureAwait(false);
        if (session is null)
            return reply;
        Context.Items[SessionKey] = session;
        sessions.Watch(Context);
        // A connection that was lost meanwhile has been reported already, when there was no session to tell.
        if (Context.ConnectionAborted.IsCancellationRequested)
            session.Detach(Context.ConnectionId);
        return reply;
    }

    public void Frame(byte[] frame)
    {
        if (Context.Items.TryGetValue(SessionKey, out var session))
            ((RemoteSession)session!).OnFrame(frame, Context.ConnectionId);
        else
            sessions.RefuseFrame(Context);
    }

    public override Task OnConnectedAsync()
    {
        sessions.Connected(Context);
        return Task.CompletedTask;
    }

    public override Task OnDisconnectedAsync(Exception? exception)
    {
        sessions.Disconnected();
        if (exception is InvalidDataException refused)
            sessions.RefuseMessage(Context, refused);
        if (Context.Items.TryGetValue(SessionKey, out var session))
            ((RemoteSession)session!).Detach(Context.ConnectionId);
        return Task.CompletedTask;
    }
}
