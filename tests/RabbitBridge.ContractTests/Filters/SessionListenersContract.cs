namespace RabbitBridge.ContractTests;

/// <summary>Listeners are told of the sessions of the whole fabric.</summary>
public abstract class SessionListenersContract(IFabricWorld world) : FabricContract(world)
{
    private static readonly SessionListenerOptions Named = new() { Filter = SessionFilter.Parse("$Principal ne ''") };

    protected override bool GatewaysDie => true;

    [Fact]
    public async Task What_is_open_is_told_first_and_then_what_happens()
    {
        var (a, b) = await StartTwoAsync();
        var early = Open(b, "early");
        var own = Open(a, "own");
        var listener = new RecordingListener();
        var session = a.OpenSession();
        await session.Sessions.AddListenerAsync(listener, Named);
        await listener.ReceiveAsync("opened early", "opened own");

        var late = Open(b, "late");
        await session.Sessions.SetPropertiesAsync(late.Id, new Dictionary<string, string?> { ["Floor"] = "1" });
        await session.Sessions.SetPropertiesAsync(late.Id, new Dictionary<string, string?> { ["Floor"] = "2" });
        await session.Sessions.ChangeRolesAsync(own.Id, [], ["r"]);
        await early.CloseAsync();
        await own.CloseAsync();

        await listener.ReceiveAsync(
            "opened early", "opened own", "opened late", "changed late: Floor was nothing", "changed late: Floor was 1", "changed own: $Roles was ",
            "closed early: ClosedByClient", "closed own: ClosedByClient");
    }

    [Fact]
    public async Task Each_session_is_told_once_however_many_come_and_go_while_listening_begins()
    {
        var (a, b) = await StartTwoAsync();
        var session = a.OpenSession();
        using var stop = new CancellationTokenSource();
        var comings = new[] { a, b }.Select(gateway => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
                await Open(gateway, Guid.NewGuid().ToString("N")).CloseAsync();
        })).ToArray();

        var listeners = new List<RecordingListener>();
        for (var i = 0; i < 20; i++)
        {
            listeners.Add(new RecordingListener());
            var registration = await session.Sessions.AddListenerAsync(listeners[^1], Named);
            if (i % 2 == 0)
                await registration.DisposeAsync();
        }

        await stop.CancelAsync();
        await Task.WhenAll(comings);
        Open(a, "last");

        foreach (var (i, listener) in listeners.Index())
        {
            if (i % 2 == 1)
                await Eventually.TrueAsync(() => listener.Events.Contains("opened last"), "the last one is told");
            var told = listener.Events.Select(what => what.Split(' ', ':')).GroupBy(what => what[1], what => what[0]);
            Assert.All(told, one => Assert.True(one.ToArray() is ["opened"] or ["opened", "closed"], $"{one.Key}: {string.Join(", ", one)}"));
        }
    }

    [Fact]
    public async Task A_filter_and_a_choice_of_properties_narrow_what_is_told()
    {
        var (a, b) = await StartTwoAsync();
        var listener = new RecordingListener();
        await a.OpenSession().Sessions.AddListenerAsync(
            listener, new SessionListenerOptions { Filter = SessionFilter.Parse("Floor is '1'"), Properties = ["Floor"] });
        var sender = a.OpenSession();

        var session = Open(b, "x");
        await sender.Sessions.SetPropertiesAsync(session.Id, new Dictionary<string, string?> { ["Floor"] = "1" });
        await sender.Sessions.SetPropertiesAsync(session.Id, new Dictionary<string, string?> { ["Floor"] = "2" });
        await sender.Sessions.SetPropertiesAsync(session.Id, new Dictionary<string, string?> { ["Floor"] = "3" });

        await listener.ReceiveAsync("changed ?: Floor was nothing", "changed ?: Floor was 1");
    }

    [Fact]
    public async Task A_gateway_that_comes_later_is_listened_to_and_one_that_stops_closes_its_sessions()
    {
        var a = await StartGatewayAsync("a");
        var listener = new RecordingListener();
        await a.OpenSession().Sessions.AddListenerAsync(listener, Named);

        var b = await StartGatewayAsync("b");
        Open(b, "x");
        await listener.ReceiveAsync("opened x");
        await b.StopAsync();

        await listener.ReceiveAsync("opened x", "closed x: ClosedByController");
    }

    [Fact]
    public async Task Sessions_of_a_gateway_that_is_lost_are_closed()
    {
        var (a, b) = await StartTwoAsync();
        Open(b, "x");
        var listener = new RecordingListener();
        await a.OpenSession().Sessions.AddListenerAsync(listener, Named);

        await World.CrashAsync(b);

        await listener.ReceiveAsync("opened x", "closed x: ConnectionLost");
    }

    [Fact]
    public async Task A_gateway_that_connects_anew_tells_only_what_has_changed_meanwhile()
    {
        var (a, b) = await StartTwoAsync();
        Open(b, "stays");
        var closes = Open(b, "closes");
        var listener = new RecordingListener();
        await a.OpenSession().Sessions.AddListenerAsync(listener, Named);
        await listener.ReceiveAsync("opened stays", "opened closes");

        var isDown = false;
        await World.ReconnectAsync(b, () =>
        {
            // A remote session's close would else come after the next connection, and be told as what it is.
            var closing = closes.CloseAsync();
            Assert.True(SpinWait.SpinUntil(() => closing.IsCompleted, Eventually.Limit), "It waits for the next connection.");
            isDown = !b.IsConnected;
            OpenWhileDown(b, "comes");
        });

        await Eventually.TrueAsync(() => listener.Events.Count >= 4, "the close and the new session are told of");
        // A real broker's next connection may have been there before the close, where this had no thread for a while.
        var asItWas = !isDown && listener.Events.Contains("closed closes: ClosedByClient");
        await listener.ReceiveAsync("opened stays", "opened closes", "opened comes", asItWas ? "closed closes: ClosedByClient" : "closed closes: ConnectionLost");
    }

    [Fact]
    public async Task A_listener_that_is_removed_or_whose_session_is_closed_is_told_nothing_more()
    {
        var (a, b) = await StartTwoAsync();
        var (removed, closed, stays) = (new RecordingListener(), new RecordingListener(), new RecordingListener());
        var registration = await a.OpenSession().Sessions.AddListenerAsync(removed, Named);
        var session = a.OpenSession();
        await session.Sessions.AddListenerAsync(closed, Named);
        await a.OpenSession().Sessions.AddListenerAsync(stays, Named);

        await registration.DisposeAsync();
        await session.CloseAsync();
        Open(b, "x");

        await stays.ReceiveAsync("opened x");
        Assert.Empty(removed.Events);
        Assert.Empty(closed.Events);
    }

    [Fact]
    public async Task A_listener_that_is_removed_is_not_told_what_waited_for_it_either()
    {
        var (a, b) = await StartTwoAsync();
        var (slow, stays) = (new HeldListener(), new RecordingListener());
        var registration = await a.OpenSession().Sessions.AddListenerAsync(slow, Named);
        await a.OpenSession().Sessions.AddListenerAsync(stays, Named);
        for (var i = 0; i < 50; i++)
            Open(b, $"x{i}");
        await Eventually.TrueAsync(() => slow.Told == 1 && stays.Events.Count == 50, "one is held up, the other one has heard all");

        await registration.DisposeAsync();
        slow.Release();
        Open(b, "last");
        await Eventually.TrueAsync(() => stays.Events.Contains("opened last"), "the last one is told");

        Assert.Equal(1, slow.Told);
    }

    /// <summary>Opens a session at a gateway that has no connection.</summary>
    protected virtual ISession OpenWhileDown(IGateway gateway, string principal) => Open(gateway, principal);

    private static ISession Open(IGateway gateway, string principal) => gateway.OpenSession(new SessionOptions { Principal = principal });

    /// <summary>Returns from nothing that it is told until it is released.</summary>
    private sealed class HeldListener : ISessionListener
    {
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _told;

        public int Told => Volatile.Read(ref _told);

        public void Release() => _released.SetResult();

        public void OnOpened(SessionId session, IReadOnlyDictionary<string, string> properties)
        {
            Interlocked.Increment(ref _told);
            if (!_released.Task.Wait(Eventually.Limit))
                throw new TimeoutException("Nobody releases it.");
        }

        public void OnPropertiesChanged(
            SessionId session, IReadOnlyDictionary<string, string> properties, IReadOnlyDictionary<string, string?> previous)
        {
        }

        public void OnClosed(SessionId session, IReadOnlyDictionary<string, string> properties, SessionCloseReason reason)
        {
        }
    }
}
