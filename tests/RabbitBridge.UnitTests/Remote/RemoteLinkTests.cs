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
    public Task What_is_withdrawn_between_two_connections_never_arrives_and_all_else_does_D30() =>
        Gen.Select(Gen.Int[1, 6].Array[1, 8], Gen.Int[1, 300], Gen.Int).SampleAsync(
            async (lives, count, seed) =>
            {
                var test = new RemoteLinkTests();
                var random = new Random(seed);
                var withdrawn = new HashSet<long>();
                var posted = 0;
                foreach (var life in lives)
                {
                    for (var i = 0; i < count; i++)
                        test._client.Post(new RemoteMessage(RemoteMessageType.Request, ++posted) { Path = "a", ContentType = "text/plain", Payload = new byte[random.Next(200)] });
                    var isLost = test.Connect(loseAfter: life);
                    await Eventually.TrueAsync(() => isLost() || test._atServer.Count == posted - withdrawn.Count, "the connection is lost, or everything has arrived");
                    test._client.Detach();
                    foreach (var id in Enumerable.Range(1, posted).Select(id => (long)id).Except(test._atServer).Where(_ => random.Next(3) == 0))
                    {
                        withdrawn.Add(id);
                        test._client.Withdraw(id, random.Next(200));
                    }
                }

                test.Connect(loseAfter: int.MaxValue);
                var all = Enumerable.Range(1, posted).Select(id => (long)id).Except(withdrawn).ToArray();
                await Eventually.TrueAsync(() => test._atServer.Count >= all.Length, "everything else has arrived");
                Assert.Equal(all, test._atServer);
            },
            iter: 200,
            threads: 1);

    [Theory]
    [InlineData(1000, 10)]
    [InlineData(10, 100_000)]
    public void What_is_withdrawn_holds_nothing(int requests, int bytes)
    {
        for (var id = 1; id <= requests; id++)
            _client.Post(new RemoteMessage(RemoteMessageType.Request, id) { Path = "a", ContentType = "text/plain", Payload = new byte[bytes] });
        var before = _client.QueuedBytes;

        for (var id = 1; id <= requests; id++)
            _client.Withdraw(id, bytes);

        Assert.InRange(_client.QueuedBytes, 0, before / 2);
    }

    [Fact]
    public async Task What_is_withdrawn_when_it_was_sent_and_is_not_acknowledged_costs_no_look_at_everything_each_time()
    {
        const int Requests = 20_000;
        long sent = 0;
        _client.Attach(
            frame =>
            {
                Interlocked.Add(ref sent, frame.Length);
                return Task.CompletedTask;
            },
            receivedByOther: 0);
        for (var id = 1; id <= Requests; id++)
            _client.Post(new RemoteMessage(RemoteMessageType.Request, id) { Path = "a", ContentType = ContentTypes.Text });
        await Eventually.TrueAsync(() => Interlocked.Read(ref sent) == _client.QueuedBytes, "everything is sent");

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var id = 1; id <= Requests; id++)
            _client.Withdraw(id, 0);

        // A look makes an object of some hundred bytes of each message; one for each withdrawal would be a hundred thousand times as much.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200L * 1024 * 1024);
    }

    [Fact]
    public async Task What_stands_beside_something_that_cannot_be_read_is_sent_all_the_same()
    {
        _client.Post(new RemoteMessage(RemoteMessageType.Request, 1) { Path = "a" });
        _client.Post(new RemoteMessage(RemoteMessageType.AddHandler, 2) { Path = "a", Names = [.. Enumerable.Repeat("x", 10_001)] });
        for (var id = 3; id <= 5; id++)
            _client.Post(new RemoteMessage(RemoteMessageType.Response, id) { ContentType = ContentTypes.Binary, Payload = new byte[RemoteLink.FrameBytes] });
        var queued = _client.QueuedBytes;

        _client.Withdraw(1, RemoteLink.FrameBytes * 10);

        Assert.Equal(queued, _client.QueuedBytes);
        long sent = 0;
        _client.Attach(
            frame =>
            {
                Interlocked.Add(ref sent, frame.Length);
                return Task.CompletedTask;
            },
            receivedByOther: 0);
        await Eventually.TrueAsync(() => _client.Sent == 3 && Interlocked.Read(ref sent) == _client.QueuedBytes, "everything is sent");
    }

    [Fact]
    public async Task What_is_withdrawn_takes_its_cancel_along()
    {
        for (var id = 1; id <= 10; id++)
            _client.Post(new RemoteMessage(RemoteMessageType.Request, id) { Path = "a" });
        for (var id = 1; id < 10; id++)
        {
            _client.Withdraw(id, 0);
            _client.Post(new RemoteMessage(RemoteMessageType.Cancel, id));
        }

        Connect(loseAfter: int.MaxValue);

        _client.Post(new RemoteMessage(RemoteMessageType.Cancel, 11));
        await Eventually.TrueAsync(() => _atServer.Contains(11), "the last has arrived");
        Assert.Equal([10L, 11], _atServer);
    }

    [Fact]
    public async Task What_is_withdrawn_behind_a_connection_that_stands_still_does_not_go_out()
    {
        var still = new TaskCompletionSource();
        _client.Attach(
            async frame =>
            {
                await still.Task;
                _server.OnFrame(frame);
            },
            receivedByOther: 0);
        _client.Post(new RemoteMessage(RemoteMessageType.Request, 1) { Path = "first" });
        await Eventually.TrueAsync(() => _client.Sent == 1, "the first is on its way");
        for (var id = 2; id <= 10; id++)
            _client.Post(new RemoteMessage(RemoteMessageType.Request, id) { Path = "a", ContentType = ContentTypes.Binary, Payload = new byte[RemoteLink.FrameBytes] });

        for (var id = 1; id < 10; id++)
            _client.Withdraw(id, RemoteLink.FrameBytes);
        still.SetResult();

        // What was on its way before cannot be had back; of the rest, what waits is looked through when half of it may be over.
        await Eventually.TrueAsync(() => _atServer.Contains(10), "the last has arrived");
        Assert.Equal(1, _atServer.First());
        Assert.InRange(_atServer.Count, 2, 5);
    }

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
    public void What_waits_beyond_what_need_not_be_acknowledged_is_counted() =>
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 20_000]).Array[1, 60].Sample(
            steps =>
            {
                var counted = 0L;
                var frames = new Queue<byte[]>();
                var other = new RemoteLink(static _ => { });
                var link = new RemoteLink(static _ => { }, change => counted += change);
                link.Attach(
                    frame =>
                    {
                        lock (frames)
                            frames.Enqueue(frame);
                        return Task.CompletedTask;
                    },
                    receivedByOther: 0);
                for (var i = 0; i < steps.Length; i++)
                {
                    var (kind, size) = steps[i];
                    if (kind == 0)
                    {
                        link.Withdraw(i - 1, size);
                    }
                    else if (kind == 1)
                    {
                        lock (frames)
                        {
                            while (frames.TryDequeue(out var frame))
                                other.OnFrame(frame);
                        }

                        // A frame that only acknowledges.
                        link.OnFrame((byte[])[0x92, 0, .. Number(other.Received)]);
                    }
                    else
                    {
                        link.Post(new RemoteMessage(RemoteMessageType.Request, i) { Path = "a", ContentType = ContentTypes.Binary, Payload = new byte[size] });
                    }

                    // A frame has a few bytes more than its messages.
                    var waiting = Math.Max(0, link.QueuedBytes - RemoteLink.MostUnacknowledged);
                    Assert.True(Math.Abs(waiting - counted) < 1024, $"{counted} counted, {waiting} waiting");
                    Assert.True(waiting != 0 || counted == 0, $"{counted} counted of nothing");
                }

                // As MessagePack has it.
                static byte[] Number(long number) => number < 128 ? [(byte)number] : [0xcd, (byte)(number >> 8), (byte)number];
            },
            iter: 500,
            threads: 1);

    [Fact]
    public void A_frame_of_very_many_messages_is_received_one_by_one_D25()
    {
        const int Half = 500_000;
        var samples = new List<WeakReference>();
        var (count, alive) = (0, -1);
        var link = new RemoteLink(message =>
        {
            if (count++ % 1000 == 0 && count < Half)
                samples.Add(new WeakReference(message));
            if (count != Half)
                return;
            GC.Collect();
            alive = samples.Count(sample => sample.IsAlive);
        });

        // [1, 0], and then a million times [20].
        link.OnFrame((byte[])[0x92, 1, 0, .. Enumerable.Repeat(new byte[] { 0x91, (byte)RemoteMessageType.Close }, 2 * Half).SelectMany(static each => each)]);

        Assert.Equal((2 * Half, 500), (count, samples.Count));
        Assert.InRange(alive, 0, 1);
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
    private Func<bool> Connect(int loseAfter)
    {
        _client.Detach();
        _server.Detach();
        var (clientHas, serverHas) = (_client.Received, _server.Received);
        var isLost = false;
        _server.Attach(Carry(_client, loseAfter, static () => { }), clientHas);
        _client.Attach(Carry(_server, loseAfter, () => Volatile.Write(ref isLost, true)), serverHas);
        return () => Volatile.Read(ref isLost);
    }

    private static Func<byte[], Task> Carry(RemoteLink to, int loseAfter, Action lost)
    {
        var left = loseAfter;
        return frame =>
        {
            if (left-- <= 0)
            {
                lost();
                throw new IOException("The connection is lost.");
            }

            to.OnFrame(frame);
            return Task.CompletedTask;
        };
    }
}
