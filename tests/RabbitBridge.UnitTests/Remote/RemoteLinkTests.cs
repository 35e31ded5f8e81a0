using System.Collections.Concurrent;
using CsCheck;
using RabbitBridge.Remote;

namespace RabbitBridge.UnitTests.Remote;

/// <summary>Two ends of a link whose connections come and go: what is posted arrives once and in order.</summary>
public sealed class RemoteLinkTests
{
    private readonly ConcurrentQueue<long> _atServer = new();
    private readonly ConcurrentQueue<long> _atClient = new();
    private readonly RemoteLink _client;
    private readonly RemoteLink _server;

    public RemoteLinkTests()
    {
        _client = new RemoteLink(message => _atClient.Enqueue(message.Id));
        _server = new RemoteLink(message => _atServer.Enqueue(message.Id));
    }

    [Fact]
    public async Task What_is_posted_before_there_is_a_connection_arrives_when_there_is()
    {
        Post(_client, 1, 100);

        Connect(loseAfter: int.MaxValue);

        await Eventually.TrueAsync(() => _atServer.Count == 100, "everything has arrived");
        Assert.Equal(Enumerable.Range(1, 100).Select(id => (long)id), _atServer);
    }

    [Fact]
    public async Task Messages_of_the_same_moment_share_frames()
    {
        var frames = 0;
        Post(_client, 1, 500);

        _client.Attach(
            frame =>
            {
                Interlocked.Increment(ref frames);
                _server.OnFrame(frame);
                return Task.CompletedTask;
            },
            receivedByOther: 0);

        await Eventually.TrueAsync(() => _atServer.Count == 500, "everything has arrived");
        Assert.InRange(frames, 1, 3);
    }

    [Fact]
    public Task Nothing_is_lost_or_told_twice_over_connections_that_break() =>
        Gen.Select(Gen.Int[1, 6].Array[1, 8], Gen.Int[1, 300]).SampleAsync(
            async (lives, count) =>
            {
                var test = new RemoteLinkTests();
                foreach (var (index, life) in lives.Index())
                {
                    Post(test._client, (index * count) + 1, count);
                    Post(test._server, (index * count) + 1, count);
                    test.Connect(loseAfter: life);
                    await Task.Yield();
                }

                test.Connect(loseAfter: int.MaxValue);
                var all = Enumerable.Range(1, lives.Length * count).Select(id => (long)id).ToArray();
                await Eventually.TrueAsync(() => test._atServer.Count >= all.Length && test._atClient.Count >= all.Length, "everything has arrived");
                Assert.Equal(all, test._atServer);
                Assert.Equal(all, test._atClient);
            },
            iter: 200,
            threads: 1);

    [Fact]
    public async Task What_has_arrived_is_forgotten()
    {
        Connect(loseAfter: int.MaxValue);
        for (var i = 0; i < 100; i++)
        {
            Post(_client, (i * 10) + 1, 10);
            await Eventually.TrueAsync(() => _atServer.Count == (i + 1) * 10, "it has arrived");
        }

        // The last few frames may wait for their acknowledgement.
        await Eventually.TrueAsync(() => _client.QueuedBytes < 2000, "what has arrived is forgotten");
    }

    [Fact]
    public void A_gap_is_no_frame_to_go_on_with()
    {
        // [2, 0]: the first one is missing.
        Assert.Throws<RemoteProtocolException>(() => _server.OnFrame(new byte[] { 0x92, 2, 0 }));
    }

    [Fact]
    public void What_was_never_sent_cannot_be_acknowledged()
    {
        Assert.Throws<RemoteProtocolException>(() => _server.OnFrame(new byte[] { 0x92, 1, 1 }));
        Assert.Throws<RemoteProtocolException>(() => _server.Attach(_ => Task.CompletedTask, receivedByOther: 1));
    }

    private static void Post(RemoteLink link, int first, int count)
    {
        for (var id = first; id < first + count; id++)
            link.Post(new RemoteMessage(RemoteMessageType.Cancel, id));
    }

    /// <summary>A connection that carries so many frames in each direction; the next one is lost, and everything after it.</summary>
    private void Connect(int loseAfter)
    {
        _client.Detach();
        _server.Detach();
        var (clientHas, serverHas) = (_client.Received, _server.Received);
        _server.Attach(Carry(_client, loseAfter), clientHas);
        _client.Attach(Carry(_server, loseAfter), serverHas);
    }

    private static Func<byte[], Task> Carry(RemoteLink to, int loseAfter)
    {
        var left = loseAfter;
        return frame =>
        {
            if (left-- <= 0)
                throw new IOException("The connection is lost.");
            to.OnFrame(frame);
            return Task.CompletedTask;
        };
    }
}
