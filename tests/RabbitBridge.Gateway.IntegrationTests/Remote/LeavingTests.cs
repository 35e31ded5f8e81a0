using System.Collections.Concurrent;
using RabbitBridge.Client.Sessions;
using RabbitBridge.Remote;

namespace RabbitBridge.Gateway.IntegrationTests.Remote;

/// <summary>What a client asks in the moment in which it moves to another gateway (F2): found by CI on a busy machine, where such a moment takes long.</summary>
public sealed class LeavingTests
{
    [Fact]
    public async Task What_is_about_to_be_asked_comes_before_the_word_that_the_client_has_moved()
    {
        var sent = new ConcurrentQueue<RemoteMessageType>();
        var session = NewSession(sent);
        Assert.True(session.TryAsk());
        Assert.True(session.TryAsk());

        var leaving = session.LeaveAsync();
        // One that has asked says nothing of the other.
        session.AskEnds();
        Assert.False(session.TryAsk());
        Assert.False(leaving.IsCompleted);
        session.Link.Post(new RemoteMessage(RemoteMessageType.Request, 1) { Path = "a", ContentType = "text/plain" });
        session.AskEnds();
        await leaving;

        await Eventually.TrueAsync(() => sent.Count == 2, "both are sent");
        Assert.Equal([RemoteMessageType.Request, RemoteMessageType.Leave], sent);
    }

    [Fact]
    public async Task Whoever_finds_it_left_asks_at_the_next_gateway()
    {
        var session = NewSession(new());
        await session.LeaveAsync();

        Assert.False(session.TryAsk());
    }

    private static GatewaySession NewSession(ConcurrentQueue<RemoteMessageType> sent)
    {
        var session = new GatewaySession(
            new Uri("http://localhost"), new OpenReply { Session = new SessionId(1, 2).ToString() }, static (_, _) => { });
        var other = new RemoteLink(message => sent.Enqueue(message.Type));
        session.Link.Attach(
            frame =>
            {
                other.OnFrame(frame);
                return Task.CompletedTask;
            },
            receivedByOther: 0);
        return session;
    }
}
