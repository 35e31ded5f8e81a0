using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using RabbitBridge.ContractTests;

namespace RabbitBridge.Gateway.IntegrationTests.Security;

/// <summary>
/// Every operation with every permission that it could need, present or absent, granted in every way, to recipients here and at another gateway: what the
/// originals permit succeeds, everything else ends with ACCESS_DENIED, and nobody else notices.
/// </summary>
public sealed partial class PermissionMatrixTests : IAsyncLifetime
{
    private const string Password = "open sesame";
    private const string Mark = "Mark";

    // On the exact path, on an ancestor, taken back nearer, behind an isolated path, assigned on an isolated path, nowhere.
    private static readonly string[] Places = ["exact", "ancestor/x", "denied/near/x", "closed/off/x", "closed/own/x", "elsewhere"];
    private static readonly string[] Isolated = ["closed/off", "closed/own"];
    private static readonly string[] Gateways = ["a", "b"];
    private static readonly string Hash = PasswordHash.Create(Password, 100_000);

    private static readonly Permission[] Everything = Enum.GetValues<Permission>();
    private static readonly Role Administrator = new("ADMINISTRATOR")
    {
        Permissions = [Permission.RegisterHandler, Permission.ViewSession, Permission.ModifySession],
        Defaults = ByPath(Everything),
        Paths = [("closed", ByPath(Everything)), ("closed/off", ByPath(Everything)), ("closed/own", ByPath(Everything))],
    };

    private static readonly Role Register = new("REGISTER") { Permissions = [Permission.RegisterHandler] };
    private static readonly Role View = new("VIEW") { Permissions = [Permission.ViewSession] };
    private static readonly Role Modify = new("MODIFY") { Permissions = [Permission.ModifySession] };
    private static readonly Role Control = new("CONTROL") { Permissions = [Permission.ControlServer] };
    private static readonly Role ToHandlers = Assigned("TO_HANDLERS", Permission.SendToMessageHandler);
    private static readonly Role ToSessions = Assigned("TO_SESSIONS", Permission.SendToSession);
    private static readonly Role ToHandlersByDefault = Default("TO_HANDLERS_BY_DEFAULT", Permission.SendToMessageHandler);
    private static readonly Role ToSessionsByDefault = Default("TO_SESSIONS_BY_DEFAULT", Permission.SendToSession);
    private static readonly Role[] Roles =
        [Administrator, Register, View, Modify, Control, ToHandlers, ToSessions, ToHandlersByDefault, ToSessionsByDefault];

    /// <summary>Whose permissions are tried: all combinations of the global ones, and those by path with and without the global one that goes with them.</summary>
    private static readonly (string Name, Role[] Roles)[] Principals =
    [
        .. Enumerable.Range(0, 8).Select(bits => Principal([.. new[] { Register, View, Modify }.Where((_, index) => (bits & (1 << index)) != 0)])),
        .. new Role[][]
        {
            [ToHandlers], [ToSessions], [ToHandlers, ToSessions], [ToHandlersByDefault], [ToSessionsByDefault], [ToHandlersByDefault, ToSessionsByDefault],
            [ToHandlers, ToSessionsByDefault], [ToSessions, ToHandlersByDefault],
        }.SelectMany(roles => new[] { Principal(roles), Principal([.. roles, View]) }),
        Principal([Register, View, Modify, ToHandlers, ToSessions]),
        Principal([Control]),
    ];

    private static readonly Operation[] Operations =
    [
        new("add a request handler", IsByPath: false, [Permission.RegisterHandler], AddHandlerAsync),
        new("add a request handler that sees its senders' properties", IsByPath: false, [Permission.RegisterHandler, Permission.ViewSession], AddHandlerWithPropertiesAsync),
        new("request by path", IsByPath: true, [Permission.SendToMessageHandler], (test, attempt) => attempt.Actor.AskAsync(attempt.Path, attempt.Text)),
        new("request to a session", IsByPath: true, [Permission.SendToSession], (test, attempt) => attempt.Actor.AskAsync(attempt.Recipient.Session.Id, attempt.Path, attempt.Text)),
        new("request to a filter", IsByPath: true, [Permission.SendToSession, Permission.ViewSession], SendToFilterAsync),
        new("set properties of a session", IsByPath: false, [Permission.ViewSession, Permission.ModifySession],
            (_, attempt) => attempt.Actor.Sessions.SetPropertiesAsync(attempt.Recipient.Session.Id, attempt.Properties)),
        new("set properties by a filter", IsByPath: false, [Permission.ViewSession, Permission.ModifySession],
            (_, attempt) => attempt.Actor.Sessions.SetPropertiesAsync(attempt.Filter, attempt.Properties)),
        new("set properties of oneself", IsByPath: false, [Permission.ViewSession, Permission.ModifySession],
            (_, attempt) => attempt.Actor.Sessions.SetPropertiesAsync(attempt.Actor.Id, attempt.Properties)),
        new("change roles of a session", IsByPath: false, [Permission.ModifySession], ChangeRolesAsync),
        new("change roles by a filter", IsByPath: false, [Permission.ModifySession], ChangeRolesByFilterAsync),
        new("close a session", IsByPath: false, [Permission.ModifySession], CloseAsync),
        new("close by a filter", IsByPath: false, [Permission.ModifySession], CloseByFilterAsync),
        new("add a session listener", IsByPath: false, [Permission.ViewSession, Permission.RegisterHandler], AddListenerAsync),
        new("get the fabric", IsByPath: false, [Permission.ViewSession], (_, attempt) => ((IRemoteSession)attempt.Actor).GetFabricAsync()) { IsRemote = true },
        new("list the services", IsByPath: false, [Permission.ViewSession], (_, attempt) => ((IRemoteSession)attempt.Actor).GetServicesAsync()) { IsRemote = true },
        new("add a service", IsByPath: false, [Permission.ControlServer], AddServiceAsync) { IsRemote = true },
        new("remove a service", IsByPath: false, [Permission.ControlServer], (_, attempt) => ((IRemoteSession)attempt.Actor).RemoveServiceAsync(attempt.Path)) { IsRemote = true },
        new("set a request stream", IsByPath: false, [], SetStreamAsync),
    ];

    private readonly InMemoryBroker _broker = new();
    private readonly Dictionary<string, RemoteGateway> _gateways = [];
    private readonly Dictionary<string, Recipient> _recipients = [];
    private readonly List<IRemoteSession> _remote = [];
    private readonly TraceListener _traces = new();
    private readonly ConcurrentBag<string> _heard = [];
    private ISession _administrator = null!;

    public async Task InitializeAsync()
    {
        foreach (var name in Gateways)
        {
            _gateways[name] = new RemoteGateway(new GatewayOptions { Name = name }, _broker) { Settings = Settings() };
            await _gateways[name].StartAsync();
        }

        _administrator = _gateways["a"].Inner.OpenSession(new SessionOptions { Principal = "administrator", Roles = [Administrator.Name] });
        await _administrator.Sessions.AddListenerAsync(_traces);
        await AddRecipientAsync("a", _gateways["a"].Inner.OpenSession(new SessionOptions { Principal = "recipient", Roles = [Administrator.Name] }));
        await AddRecipientAsync("b", await ConnectAsync("b", "recipient"));
        await Eventually.TrueAsync(() => _gateways.Values.All(gateway => gateway.Routes.Count == 2 * Places.Length), "all gateways know all handlers");
    }

    public async Task DisposeAsync()
    {
        foreach (var session in _remote)
            await session.DisposeAsync();
        foreach (var gateway in _gateways.Values)
            await gateway.DisposeAsync();
    }

    [Fact]
    public Task Sessions_elsewhere_may_do_exactly_what_their_permissions_say() =>
        TryAllAsync(isRemote: true, async (name, _) => await ConnectAsync("a", name));

    [Fact]
    public Task Sessions_within_the_process_may_do_exactly_what_their_permissions_say() =>
        TryAllAsync(isRemote: false, (name, roles) => Task.FromResult(_gateways["a"].Inner.OpenSession(new SessionOptions { Principal = name, Roles = [.. roles.Select(role => role.Name)] })));

    private async Task TryAllAsync(bool isRemote, Func<string, Role[], Task<ISession>> open)
    {
        var problems = new List<string>();
        var (requests, marks, listeners) = (new HashSet<string>(), new HashSet<string>(), new HashSet<string>());
        var number = 0;
        foreach (var (name, roles) in Principals)
        {
            var actor = await open(name, roles);
            foreach (var operation in Operations.Where(operation => isRemote || !operation.IsRemote))
            {
                foreach (var (place, gateway) in (operation.IsByPath ? Places : ["handlers"]).SelectMany(place => Gateways.Select(gateway => (place, gateway))))
                {
                    var attempt = new Attempt(++number, actor, _recipients[gateway], operation.IsByPath ? $"{place}/{gateway}" : $"handlers/{number}");
                    var isPermitted = operation.Needs.All(permission => PermissionModel.IsPermitted(roles, Isolated, permission, attempt.Path));
                    if (await ProblemOfAsync(operation, attempt, isPermitted) is { } problem)
                        problems.Add($"'{name}' wants to {operation.Name} {attempt.Path}, recipient at {gateway}: {problem}");
                    if (isPermitted)
                    {
                        (operation.IsByPath ? requests : operation.Name.Contains("listener", StringComparison.Ordinal) ? listeners : operation.ChangesSessions ? marks : [])
                            .Add(attempt.Text);
                    }
                }
            }

            await actor.CloseAsync();
        }

        await PassAsync();
        AssertSame(requests, _recipients.Values.SelectMany(recipient => recipient.Requests), "requests that reached a recipient", problems);
        AssertSame(marks, _traces.Marks, "changes of sessions", problems);
        AssertSame(listeners, _heard.Distinct(), "listeners that were told of a session", problems);
        problems.AddRange(_gateways.Values.SelectMany(gateway => gateway.Routes)
            .Where(route => route.Path.StartsWith("handlers", StringComparison.Ordinal)).Select(route => $"The route {route.Path} is left."));
        problems.AddRange(_recipients.Values.Where(recipient => recipient.Session.Properties.GetValueOrDefault("$Roles") != $"\"{Administrator.Name}\"")
            .Select(recipient => $"A recipient has the roles {recipient.Session.Properties.GetValueOrDefault("$Roles")}."));
        Assert.True(problems.Count == 0, $"{problems.Count} of {number} attempts:\n{string.Join('\n', problems.Take(40))}");
    }

    private async Task<string?> ProblemOfAsync(Operation operation, Attempt attempt, bool isPermitted)
    {
        try
        {
            await operation.RunAsync(this, attempt).WaitAsync(Eventually.Limit);
            return isPermitted ? null : "it was permitted.";
        }
        catch (AccessDeniedException exception)
        {
            return isPermitted ? $"it was denied: {exception.Message}" : null;
        }
        catch (Exception exception) when (exception is MessagingException or TimeoutException or OperationCanceledException)
        {
            return $"it ended with {exception.GetType().Name}: {exception.Message}";
        }
    }

    /// <summary>What was on its way, to a recipient or a listener, has come when this has.</summary>
    private async Task PassAsync()
    {
        foreach (var recipient in _recipients.Values)
        {
            foreach (var place in Places)
                await _administrator.AskAsync($"{place}/{recipient.Gateway}", "pass");
            await _administrator.AskAsync(recipient.Session.Id, $"exact/{recipient.Gateway}", "pass");
            await _administrator.Sessions.SetPropertiesAsync(recipient.Session.Id, new Dictionary<string, string?> { [Mark] = $"pass {recipient.Gateway}" });
        }

        await Eventually.TrueAsync(() => Gateways.All(gateway => _traces.Passed.Contains($"pass {gateway}")), "all changes are told");
    }

    private static void AssertSame(IEnumerable<string> expected, IEnumerable<string> actual, string what, List<string> problems)
    {
        var (right, real) = (expected.ToHashSet(), actual.ToHashSet());
        if (!right.SetEquals(real))
            problems.Add($"{what}: attempts {string.Join(", ", right.Except(real).Take(20))} are missing, attempts {string.Join(", ", real.Except(right).Take(20))} left a trace.");
    }

    private static async Task AddHandlerAsync(PermissionMatrixTests test, Attempt attempt) =>
        await UseHandlerAsync(attempt, new RequestHandlerOptions());

    private static async Task AddHandlerWithPropertiesAsync(PermissionMatrixTests test, Attempt attempt) =>
        await UseHandlerAsync(attempt, new RequestHandlerOptions { SessionProperties = [SessionProperty.Principal] });

    private static async Task UseHandlerAsync(Attempt attempt, RequestHandlerOptions options)
    {
        var registration = await attempt.Actor.Messages.AddRequestHandlerAsync<string, string>(attempt.Path, (_, context, _) => new(string.Join(',', context.SessionProperties.Values)), options);
        var answer = await attempt.Recipient.Session.AskAsync(attempt.Path);
        await registration.CloseAsync();
        Assert.Equal(options.SessionProperties.Count == 0 ? "" : "recipient", answer);
    }

    private static async Task SendToFilterAsync(PermissionMatrixTests test, Attempt attempt)
    {
        var callback = new CollectingCallback();
        Assert.Equal(1, await attempt.Actor.Messages.SendRequestToFilterAsync<string, string>(attempt.Filter.ToString(), attempt.Path, attempt.Text, callback));
        await callback.ReceiveAsync(1);
    }

    private static async Task ChangeRolesAsync(PermissionMatrixTests test, Attempt attempt)
    {
        await attempt.Actor.Sessions.ChangeRolesAsync(attempt.Recipient.Session.Id, [], [attempt.Role]);
        await test._administrator.Sessions.ChangeRolesAsync(attempt.Recipient.Session.Id, [attempt.Role], []);
    }

    private static async Task ChangeRolesByFilterAsync(PermissionMatrixTests test, Attempt attempt)
    {
        Assert.Equal(1, await attempt.Actor.Sessions.ChangeRolesAsync(attempt.Filter, [], [attempt.Role]));
        await test._administrator.Sessions.ChangeRolesAsync(attempt.Recipient.Session.Id, [attempt.Role], []);
    }

    private static async Task CloseAsync(PermissionMatrixTests test, Attempt attempt)
    {
        await using var victim = await test._gateways[attempt.Recipient.Gateway].Inner.OpenSessionAsync();
        await AssertClosesAsync(test, victim, () => attempt.Actor.Sessions.CloseAsync(victim.Id));
    }

    private static async Task CloseByFilterAsync(PermissionMatrixTests test, Attempt attempt)
    {
        await using var victim = await test._gateways[attempt.Recipient.Gateway].Inner.OpenSessionAsync();
        await AssertClosesAsync(test, victim, async () => Assert.Equal(1, await attempt.Actor.Sessions.CloseAsync($"$SessionId is '{victim.Id}'")));
    }

    private static async Task AssertClosesAsync(PermissionMatrixTests test, ISession victim, Func<Task> close)
    {
        try
        {
            await close();
        }
        catch (AccessDeniedException)
        {
            // What was denied and sent all the same would have come before this, which finds the session open.
            await test._administrator.Sessions.CloseAsync(victim.Id);
            throw;
        }

        await Eventually.TrueAsync(() => victim.Closed.IsCancellationRequested, "the session is closed");
    }

    private static async Task AddListenerAsync(PermissionMatrixTests test, Attempt attempt)
    {
        var listener = new HearingListener(() => test._heard.Add(attempt.Text));
        await using var registration = await attempt.Actor.Sessions.AddListenerAsync(listener, new SessionListenerOptions { Filter = attempt.Filter });
        await Eventually.TrueAsync(() => test._heard.Contains(attempt.Text), "the listener is told of the recipient");
    }

    private static async Task AddServiceAsync(PermissionMatrixTests test, Attempt attempt)
    {
        // There is no broker, which is found out by those who may add services.
        var error = await Record.ExceptionAsync(() => ((IRemoteSession)attempt.Actor).AddServiceAsync(new ServiceOptions { Path = attempt.Path, Queue = "q" }));
        if (error is not UnsupportedOperationException)
            throw error!;
    }

    private static Task SetStreamAsync(PermissionMatrixTests test, Attempt attempt)
    {
        attempt.Actor.AnswerOnStream(attempt.Path, "");
        attempt.Actor.Messages.RemoveRequestStream(attempt.Path);
        return Task.CompletedTask;
    }

    private static Permission[] ByPath(IEnumerable<Permission> permissions) =>
        [.. permissions.Where(permission => permission is Permission.SendToMessageHandler or Permission.SendToSession)];

    private static Role Assigned(string name, Permission permission) => new(name)
    {
        Paths =
        [
            .. Gateways.Select(gateway => ($"exact/{gateway}", new[] { permission })),
            ("ancestor", [permission]),
            ("denied", [permission]),
            ("denied/near", []),
            ("closed", [permission]),
            ("closed/own", [permission]),
        ],
    };

    private static Role Default(string name, Permission permission) => new(name) { Defaults = [permission], Paths = [("denied/near", [])] };

    private static (string Name, Role[] Roles) Principal(Role[] roles) => (roles.Length == 0 ? "NOTHING" : string.Join('+', roles.Select(role => role.Name)), roles);

    private static Dictionary<string, string?> Settings()
    {
        var settings = Roles.SelectMany(role => role.Settings()).ToDictionary();
        foreach (var (index, path) in Isolated.Index())
            settings[$"Security:IsolatedPaths:{index}"] = path;
        foreach (var (name, roles) in Principals.Append(("recipient", [Administrator])))
        {
            settings[$"Security:Principals:{name}:PasswordHash"] = Hash;
            foreach (var (index, role) in roles.Index())
                settings[$"Security:Principals:{name}:Roles:{index}"] = role.Name;
        }

        return settings;
    }

    private async Task<IRemoteSession> ConnectAsync(string gateway, string principal)
    {
        var session = await RabbitBridgeClient.ConnectAsync(
            new ClientOptions { Addresses = [_gateways[gateway].Address], Principal = principal, Password = Password, ConnectTimeout = TimeSpan.FromSeconds(30) });
        _remote.Add(session);
        return session;
    }

    private async Task AddRecipientAsync(string gateway, ISession session)
    {
        var recipient = new Recipient(gateway, session, []);
        _recipients[gateway] = recipient;
        foreach (var place in Places)
        {
            await session.Messages.AddRequestHandlerAsync<string, string>($"{place}/{gateway}", (text, _, _) => recipient.Answer(text));
            session.Messages.SetRequestStream<string, string>($"{place}/{gateway}", (_, text, _) => recipient.Answer(text));
        }
    }

    [GeneratedRegex("MARK([0-9]+)")]
    private static partial Regex MarkedRole();

    /// <summary>Something that sessions do, and all that it needs.</summary>
    private sealed record Operation(string Name, bool IsByPath, Permission[] Needs, Func<PermissionMatrixTests, Attempt, Task> RunAsync)
    {
        public bool IsRemote { get; init; }

        public bool ChangesSessions => Name.StartsWith("set properties", StringComparison.Ordinal) || Name.StartsWith("change roles", StringComparison.Ordinal);
    }

    /// <summary>One operation of one session, known by its number wherever it leaves a trace.</summary>
    private sealed record Attempt(int Number, ISession Actor, Recipient Recipient, string Path)
    {
        public string Text => $"{Number}";

        public string Role => $"MARK{Number}";

        public Dictionary<string, string?> Properties => new() { [Mark] = Text };

        public SessionFilter Filter => SessionFilter.Parse($"$SessionId is '{Recipient.Session.Id}'");
    }

    private sealed record Recipient(string Gateway, ISession Session, ConcurrentBag<string> Texts)
    {
        public IEnumerable<string> Requests => Texts.Where(text => text != "pass");

        public ValueTask<string> Answer(string text)
        {
            Texts.Add(text);
            return new("");
        }
    }

    /// <summary>Notes by which attempts sessions were changed.</summary>
    private sealed class TraceListener : ISessionListener
    {
        private readonly ConcurrentDictionary<string, bool> _marks = new();

        public IEnumerable<string> Marks => _marks.Keys.Where(mark => !mark.StartsWith("pass", StringComparison.Ordinal));

        public ICollection<string> Passed => _marks.Keys;

        public void OnPropertiesChanged(SessionId session, IReadOnlyDictionary<string, string> properties, IReadOnlyDictionary<string, string?> previous)
        {
            if (previous.ContainsKey(Mark) && properties.TryGetValue(Mark, out var mark))
                _marks[mark] = true;
            foreach (Match role in MarkedRole().Matches(properties.GetValueOrDefault("$Roles", "")))
                _marks[role.Groups[1].Value] = true;
        }

        public void OnOpened(SessionId session, IReadOnlyDictionary<string, string> properties)
        {
        }

        public void OnClosed(SessionId session, IReadOnlyDictionary<string, string> properties, SessionCloseReason reason)
        {
        }
    }

    private sealed class HearingListener(Action heard) : ISessionListener
    {
        public void OnOpened(SessionId session, IReadOnlyDictionary<string, string> properties) => heard();

        public void OnPropertiesChanged(SessionId session, IReadOnlyDictionary<string, string> properties, IReadOnlyDictionary<string, string?> previous) => heard();

        public void OnClosed(SessionId session, IReadOnlyDictionary<string, string> properties, SessionCloseReason reason) => heard();
    }
}
