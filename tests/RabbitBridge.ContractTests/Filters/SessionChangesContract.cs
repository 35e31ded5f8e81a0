namespace RabbitBridge.ContractTests;

/// <summary>Properties and roles of sessions, changed from anywhere in the fabric.</summary>
public abstract class SessionChangesContract(IFabricWorld world) : FabricContract(world)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Properties_of_one_session_are_changed_and_the_values_before_told(bool local)
    {
        var (target, sender) = await StartPairAsync(local);

        var first = await sender.Sessions.SetPropertiesAsync(target.Id, new Dictionary<string, string?> { ["Department"] = "Accounts", ["$Country"] = "de" });
        var second = await sender.Sessions.SetPropertiesAsync(target.Id, new Dictionary<string, string?> { ["Department"] = null, ["$Country"] = "DE", ["$Latitude"] = "north" });

        Assert.Equal(new Dictionary<string, string?> { ["Department"] = null, ["$Country"] = null }, first);
        Assert.Equal(new Dictionary<string, string?> { ["Department"] = "Accounts", ["$Latitude"] = null }, second);
        // A remote session hears of its properties, and so a moment later.
        await Eventually.TrueAsync(
            () => (target.Properties.GetValueOrDefault("$Country"), target.Properties.GetValueOrDefault("$Latitude"), target.Properties["$Principal"]) == ("DE", "NaN", "")
                && !target.Properties.ContainsKey("Department"),
            "the session knows its properties");
    }

    [Fact]
    public async Task A_gateway_whose_requests_have_no_end_of_time_changes_sessions_too()
    {
        var (target, sender) = await StartPairAsync(local: false, options => options.RequestTimeout = Timeout.InfiniteTimeSpan);

        await sender.Sessions.SetPropertiesAsync(target.Id, new Dictionary<string, string?> { ["Floor"] = "1" });

        await Eventually.TrueAsync(() => target.Properties.GetValueOrDefault("Floor") == "1", "the session knows its property");
    }

    [Fact]
    public async Task Properties_of_all_that_a_filter_selects_are_changed_and_found_by_it()
    {
        var (a, b) = await StartTwoAsync();
        var sessions = new[] { a, a, b }.Select(gateway => gateway.OpenSession(new SessionOptions { Principal = "p" })).ToArray();
        foreach (var gateway in new[] { a, b })
            await gateway.OpenSessionAsync();
        var sender = a.OpenSession();

        Assert.Equal(3, await sender.Sessions.SetPropertiesAsync(SessionFilter.Parse("$Principal is 'p'"), new Dictionary<string, string?> { ["Floor"] = "2" }));

        Assert.Equal(3, await sender.Messages.SendRequestToFilterAsync("Floor is '2'", "path", "", new CollectingCallback()));
        await Eventually.TrueAsync(() => sessions.All(session => session.Properties.GetValueOrDefault("Floor") == "2"), "the sessions know their property");
    }

    [Fact]
    public async Task Roles_are_changed_by_session_and_by_filter()
    {
        var (a, b) = await StartTwoAsync();
        var target = await b.OpenSessionAsync(new SessionOptions { Roles = ["x", "y"] });
        var sender = a.OpenSession();

        await sender.Sessions.ChangeRolesAsync(target.Id, ["x", "unknown"], ["z"]);
        await Eventually.TrueAsync(() => target.Properties["$Roles"] == "\"y\",\"z\"", "the session knows its new role");

        Assert.Equal(1, await sender.Sessions.ChangeRolesAsync(SessionFilter.Parse("hasRoles 'z'"), ["z"], []));
        await Eventually.TrueAsync(() => target.Properties["$Roles"] == "\"y\"", "the session knows that it has lost a role");
        Assert.Equal(0, await sender.Sessions.ChangeRolesAsync(SessionFilter.Parse("hasRoles 'z'"), ["y"], []));
    }

    [Fact]
    public async Task A_session_that_is_not_open_cannot_be_changed()
    {
        var (a, b) = await StartTwoAsync();
        var gone = b.OpenSession();
        await gone.CloseAsync();
        var sender = a.OpenSession();

        await Assert.ThrowsAsync<NoSuchSessionException>(() => sender.Sessions.SetPropertiesAsync(gone.Id, new Dictionary<string, string?> { ["a"] = "b" }));
        await Assert.ThrowsAsync<NoSuchSessionException>(() => sender.Sessions.ChangeRolesAsync(gone.Id, [], ["r"]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_session_is_closed_by_another_one_and_its_work_ends(bool local)
    {
        var (target, sender) = await StartPairAsync(local);
        var (held, listener) = (new HoldingHandler(), new RecordingListener());
        await target.Messages.AddRequestHandlerAsync("held", (IRequestHandler<string, string>)held);
        await sender.Sessions.AddListenerAsync(listener, $"$SessionId is '{target.Id}'");
        var asked = sender.AskAsync("held");
        await held.ReceiveAsync();

        await sender.Sessions.CloseAsync(target.Id);

        Assert.Equal(ErrorReason.SessionClosed, (await Assert.ThrowsAnyAsync<MessagingException>(() => asked)).Reason);
        await Eventually.TrueAsync(() => target.Closed.IsCancellationRequested, "the session knows that it is closed");
        await listener.ReceiveAsync("opened ", "closed : ClosedByController");
        await Assert.ThrowsAsync<UnhandledMessageException>(() => sender.AskAsync("held"));
        await Assert.ThrowsAsync<NoSuchSessionException>(() => sender.Sessions.CloseAsync(target.Id));
    }

    [Fact]
    public async Task All_sessions_that_a_filter_selects_are_closed_and_no_other()
    {
        var (a, b) = await StartTwoAsync();
        var sessions = new List<ISession>();
        foreach (var gateway in new[] { a, a, b })
            sessions.Add(await gateway.OpenSessionAsync(new SessionOptions { Principal = "p" }));
        var other = await b.OpenSessionAsync(new SessionOptions { Principal = "q" });
        var sender = a.OpenSession();

        Assert.Equal(3, await sender.Sessions.CloseAsync("$Principal is 'p'"));

        await Eventually.TrueAsync(() => sessions.All(session => session.Closed.IsCancellationRequested), "the sessions are closed");
        Assert.Equal(0, await sender.Sessions.CloseAsync("$Principal is 'p'"));
        Assert.False(other.Closed.IsCancellationRequested);
        await Assert.ThrowsAsync<InvalidFilterException>(() => sender.Sessions.CloseAsync("$Principal is"));
    }

    [Fact]
    public async Task Who_closes_itself_with_others_hears_that_it_is_closed_and_the_others_are_too()
    {
        var (a, b) = await StartTwoAsync();
        var other = await b.OpenSessionAsync(new SessionOptions { Principal = "p" });
        var sender = await a.OpenSessionAsync(new SessionOptions { Principal = "p" });

        await Assert.ThrowsAsync<SessionClosedException>(() => sender.Sessions.CloseAsync("$Principal is 'p'"));

        await Eventually.TrueAsync(() => sender.Closed.IsCancellationRequested && other.Closed.IsCancellationRequested, "both are closed");
    }

    [Fact]
    public async Task A_session_whose_callbacks_wait_does_not_hold_up_who_closes_it()
    {
        var (target, sender) = await StartPairAsync(local: true);
        using var released = new ManualResetEventSlim();
        target.Closed.Register(released.Wait);
        try
        {
            await sender.Sessions.CloseAsync(target.Id);
        }
        finally
        {
            released.Set();
        }
    }

    [Fact]
    public async Task What_is_not_allowed_is_refused_before_anything_is_sent()
    {
        var session = (await StartGatewayAsync("a")).OpenSession();

        await Assert.ThrowsAsync<ArgumentException>(() => session.Sessions.SetPropertiesAsync(session.Id, new Dictionary<string, string?> { ["a b"] = "c" }));
        await Assert.ThrowsAsync<ArgumentException>(() => session.Sessions.ChangeRolesAsync(session.Id, [], []));
        await Assert.ThrowsAsync<ArgumentException>(() => session.Sessions.ChangeRolesAsync(session.Id, ["r"], ["r"]));
        Assert.Equal("", session.Properties["$Roles"]);
    }

    [Theory]
    [InlineData("$Principal")]
    [InlineData("$Roles")]
    [InlineData("$Own")]
    public async Task Properties_that_nobody_may_set_are_refused_by_their_key_F10(string key)
    {
        var (target, sender) = await StartPairAsync(local: false);
        var properties = new Dictionary<string, string?> { ["Floor"] = "1", [key] = "x" };

        foreach (var attempt in new Func<Task>[]
        {
            () => sender.Sessions.SetPropertiesAsync(target.Id, properties),
            () => sender.Sessions.SetPropertiesAsync(SessionFilter.All, properties),
        })
        {
            var error = await Assert.ThrowsAsync<ArgumentException>(attempt);
            Assert.Contains($"'{key}'", error.Message, StringComparison.Ordinal);
            Assert.Contains("$Country, $Language, $Latitude, $Longitude", error.Message, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("Floor", target.Properties.Keys);
    }

    public static TheoryData<string, string, int> TooMuch => new()
    {
        { new string('k', 256), "x", 1 },
        { "Floor", new string('v', 4097), 1 },
        { "Floor", "x", 129 },
    };

    [Theory]
    [MemberData(nameof(TooMuch))]
    public async Task Properties_beyond_the_limits_are_refused_and_nothing_is_changed_S12(string key, string value, int count)
    {
        var (target, sender) = await StartPairAsync(local: false);
        var properties = Enumerable.Range(0, count).ToDictionary(i => i == 0 ? key : $"{key}{i}", string? (_) => value);

        await Assert.ThrowsAsync<ArgumentException>(() => sender.Sessions.SetPropertiesAsync(target.Id, properties));
        await Assert.ThrowsAsync<ArgumentException>(() => sender.Sessions.SetPropertiesAsync(SessionFilter.All, properties));

        Assert.DoesNotContain("Floor", target.Properties.Keys);
    }

    [Fact]
    public async Task A_session_has_so_many_properties_and_roles_by_whatever_number_of_changes_S12()
    {
        var (target, sender) = await StartPairAsync(local: false);
        await sender.Sessions.SetPropertiesAsync(target.Id, Enumerable.Range(0, 128).ToDictionary(i => $"k{i}", string? (_) => "v"));
        await sender.Sessions.ChangeRolesAsync(target.Id, [], [.. Enumerable.Range(0, 128).Select(i => $"r{i}")]);

        await Assert.ThrowsAsync<InvalidMessageDataException>(() => sender.Sessions.SetPropertiesAsync(target.Id, new Dictionary<string, string?> { ["more"] = "v", ["k0"] = "w" }));
        await Assert.ThrowsAsync<InvalidMessageDataException>(() => sender.Sessions.ChangeRolesAsync(target.Id, [], ["more"]));
        await sender.Sessions.SetPropertiesAsync(target.Id, new Dictionary<string, string?> { ["more"] = "v", ["k1"] = null });
        await sender.Sessions.ChangeRolesAsync(target.Id, ["r1"], ["more"]);

        await Eventually.TrueAsync(() => target.Properties.ContainsKey("more") && target.Properties["$Roles"].Contains("more", StringComparison.Ordinal), "the session knows");
        Assert.Equal("v", target.Properties["k0"]);
        Assert.DoesNotContain("k1", target.Properties.Keys);
    }

    [Fact]
    public async Task A_value_or_a_role_with_half_of_a_surrogate_pair_is_refused_S34()
    {
        var (target, sender) = await StartPairAsync(local: false);
        var half = new string('\ud800', 1);

        await Assert.ThrowsAsync<ArgumentException>(() => sender.Sessions.SetPropertiesAsync(target.Id, new Dictionary<string, string?> { ["Floor"] = half }));
        await Assert.ThrowsAsync<ArgumentException>(() => sender.Sessions.SetPropertiesAsync(target.Id, new Dictionary<string, string?> { [half] = "x" }));
        await Assert.ThrowsAsync<ArgumentException>(() => sender.Sessions.ChangeRolesAsync(target.Id, [], [half]));
        Assert.DoesNotContain("Floor", target.Properties.Keys);
        Assert.Equal("", target.Properties["$Roles"]);
    }

    public static TheoryData<string> NoRoles => new() { "", " ", new string('r', 256) };

    [Theory]
    [MemberData(nameof(NoRoles))]
    public async Task Names_that_are_no_role_are_refused_S12(string role)
    {
        var (target, sender) = await StartPairAsync(local: false);

        await Assert.ThrowsAsync<ArgumentException>(() => sender.Sessions.ChangeRolesAsync(target.Id, [], [role]));
        await Assert.ThrowsAsync<ArgumentException>(() => sender.Sessions.ChangeRolesAsync(SessionFilter.All, [role], []));
        Assert.Equal("", target.Properties["$Roles"]);
    }
}
