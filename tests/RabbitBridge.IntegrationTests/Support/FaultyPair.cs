using RabbitBridge.ContractTests;

namespace RabbitBridge.IntegrationTests;

/// <summary>Two gateways of which one or both are behind a network that breaks, and calls of all kinds from one to the other.</summary>
internal sealed class FaultyPair : IAsyncDisposable
{
    private const string Requester = "requester", Responder = "responder";
    private static readonly string[] Branches = ["again", "once"];

    private readonly Executions _executions;
    private readonly FaultFigures _figures;
    private readonly AmqpProxy _proxy;
    private readonly IGateway _requester;
    private readonly IGateway _responder;
    private PlainCaller _plain = null!;
    private ISession _sender = null!;
    private ISession _answerer = null!;
    private string _when = "at the start";

    private FaultyPair(RabbitMqOptions broker, Behind behind, FaultFigures figures, CapturingLogger log)
    {
        (_figures, _executions, _proxy) = (figures, new Executions(figures), new AmqpProxy(broker.Uri));
        _requester = Create(Requester, behind is Behind.Requester or Behind.Both);
        _responder = Create(Responder, behind is Behind.Responder or Behind.Both);

        IGateway Create(string name, bool isBehind) => RabbitMqGateway.Create(
            new GatewayOptions { Name = name, DrainTimeout = TimeSpan.Zero },
            new RabbitMqOptions
            {
                Uri = isBehind ? _proxy.Uri : broker.Uri,
                Prefix = broker.Prefix,
                OperationTimeout = TimeSpan.FromSeconds(1),
                Heartbeat = TimeSpan.FromSeconds(1),
                MaxReconnectDelay = TimeSpan.FromMilliseconds(100),
            },
            logger: log);
    }

    private bool IsBack => _proxy.IsWhole && Gateways.All(gateway => RabbitMqWorld.Fabric(gateway).IsUp && gateway.Gateways.Count == 1);

    private IGateway[] Gateways => [_requester, _responder];

    public static async Task<FaultyPair> StartAsync(RabbitMqOptions broker, Behind behind, FaultFigures figures, CapturingLogger log)
    {
        var pair = new FaultyPair(broker, behind, figures, log);
        try
        {
            await pair.StartAsync(broker);
            return pair;
        }
        catch
        {
            await pair.DisposeAsync();
            throw;
        }
    }

    /// <summary>Counts the frames of the calls that <see cref="BreakAsync"/> makes, none of which fails without a fault.</summary>
    public async Task<int> CountFramesAsync()
    {
        _proxy.Arm();
        Assert.True(await CallAllAsync(TimeSpan.FromSeconds(30)), _figures.ToString());
        return _proxy.Frames;
    }

    /// <summary>Breaks the network while calls of all kinds are made, and waits until all is whole again.</summary>
    public async Task BreakAsync(FaultRound round)
    {
        _when = round.ToString();
        _proxy.Arm((round.Place, round.First), (round.Later, round.Second));
        var calls = CallAllAsync(round.Timeout);
        await Task.WhenAny(calls, _proxy.Broken);
        // A fault whose frame does not come, since fewer messages gathered or an acknowledgement was for many, is no fault.
        if (_proxy.Broken.IsCompleted)
        {
            var back = BackAsync(calls);
            await calls;
            _figures.Back(await back - _proxy.LastFaultAt, _when);
            await Eventually.TrueAsync(() => CallAllAsync(TimeSpan.FromSeconds(1)), () => $"{_when}: every kind of call is answered. {_figures}");
            _figures.Answered(Environment.TickCount64 - _proxy.LastFaultAt, _when);
        }

        await calls;
        await CheckAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_plain is not null)
            await _plain.DisposeAsync();
        foreach (var gateway in Gateways)
            await gateway.DisposeAsync();
        await _proxy.DisposeAsync();
    }

    private async Task CheckAsync()
    {
        foreach (var gateway in Gateways)
        {
            await Eventually.TrueAsync(() => gateway.PendingRequests == 0, $"{_when}: no request of the {gateway.Name} is pending");
            await Eventually.TrueAsync(() => gateway.Routes.Select(route => route.Path).SequenceEqual(Branches), $"{_when}: the {gateway.Name} knows these branches only: {string.Join(", ", gateway.Routes)}");
            Assert.All(gateway.Routes, route => Assert.Equal((gateway == _responder ? 1 : 0, null), (route.LocalHandlers, route.Problem)));
        }

        Assert.True(_executions.Faults.IsEmpty, $"{_when}: {string.Join("; ", _executions.Faults)}.{CapturingLogger.OfThisTest()}");
    }

    private async Task StartAsync(RabbitMqOptions broker)
    {
        foreach (var gateway in Gateways)
            await gateway.StartAsync();
        _plain = await PlainCaller.ConnectAsync(broker, _figures.Repeated);
        _sender = _requester.OpenSession();
        _answerer = _responder.OpenSession();
        await _answerer.Messages.AddRequestHandlerAsync<string, string>("once", (id, _, _) => Execute(id, "once"));
        await _answerer.Messages.AddRequestHandlerAsync<string, string>("again", (id, _, _) => Execute(id, "again"), new RequestHandlerOptions { Redelivery = true });
        _answerer.Messages.SetRequestStream<string, string>("one", (_, id, _) => Execute(id, "one"));
        foreach (var gateway in Gateways)
        {
            var session = await gateway.OpenSessionAsync(new SessionOptions { Properties = new Dictionary<string, string> { ["Group"] = "many" } });
            session.Messages.SetRequestStream<string, string>("many", (_, id, _) => Execute(id, gateway.Name));
        }

        await Eventually.TrueAsync(() => IsBack, "the gateways know each other");
    }

    private ValueTask<string> Execute(string id, string where)
    {
        _executions.Note(id, where);
        return new(id);
    }

    // From the last fault on, though it may be seen only later.
    private async Task<long> BackAsync(Task calls)
    {
        long? since = null;
        await Eventually.TrueAsync(
            () =>
            {
                since = IsBack ? since ?? Environment.TickCount64 : null;
                // Calls that come to nothing must not have the second fault wait for the next round.
                if (calls.IsCompleted && since is not null)
                    _proxy.Arm();
                return calls.IsCompleted && IsBack && _proxy.IsSpent;
            },
            $"{_when}: all gateways are back");
        return since ?? Environment.TickCount64;
    }

    // One after the other, so that each place is in one of them; what is left when the network breaks is called at once.
    private async Task<bool> CallAllAsync(TimeSpan timeout)
    {
        var options = new RequestOptions { Timeout = timeout };
        var broken = _proxy.Broken;
        List<Task<bool>> calls = [];
        Func<Task<bool>>[] kinds =
        [
            () => CallAsync("path", timeout, id => AnswerAsync(id, _sender.AskAsync("once", id, options))),
            () => CallAsync("session", timeout, id => AnswerAsync(id, _sender.AskAsync(_answerer.Id, "one", id, options))),
            () => CallAsync("filter", timeout, id => FilterAsync(id, options)),
            () => CallAsync("plain", timeout, id => AnswerAsync(id, _plain.AskAsync("once", id, timeout)), CallRules.IgnoresTransit),
            () => CallAsync("redelivery", timeout, id => AnswerAsync(id, _sender.AskAsync("again", id, options)), CallRules.Repeats),
            () => RegisterAsync(timeout),
        ];
        foreach (var kind in kinds)
        {
            calls.Add(kind());
            await Task.WhenAny(calls[^1], broken);
        }

        return (await Task.WhenAll(calls)).All(isAnswered => isAnswered);
    }

    /// <returns>Whether the outcome is an answer.</returns>
    private async Task<bool> CallAsync(string kind, TimeSpan timeout, Func<string, Task<string>> call, CallRules rules = CallRules.None)
    {
        var (id, deadline) = _executions.Expect(kind, timeout, rules);
        var outcome = await OutcomeAsync(id, call(id));
        _figures.Ended(kind, outcome, Environment.TickCount64 - deadline, _when);
        return outcome == "answered";
    }

    private async Task<string> OutcomeAsync(string id, Task<string> call)
    {
        try
        {
            return await call.WaitAsync(Eventually.Limit);
        }
        catch (MessagingException exception)
        {
            return exception.Reason.ToString();
        }
        catch (OperationCanceledException)
        {
            return "cancelled";
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException($"{_when}: '{id}' has no outcome.{CapturingLogger.OfThisTest()}", exception);
        }
    }

    private static async Task<string> AnswerAsync(string id, Task<string> call) => await call is var answer && answer == id ? "answered" : answer;

    private async Task<string> FilterAsync(string id, RequestOptions options)
    {
        var outcome = new FilterOutcome(id, _executions);
        var count = await _sender.Messages.SendRequestToFilterAsync("Group is 'many'", "many", id, outcome, options);
        await Eventually.TrueAsync(() => outcome.Count >= count, $"{_when}: {count} sessions have answered '{id}', or failed, and not {outcome.Count}");
        return (count, outcome.Errors) is (2, 0) ? "answered" : $"{count} sessions, of which {outcome.Errors} failed";
    }

    private async Task<bool> RegisterAsync(TimeSpan timeout)
    {
        IRegistration? registration = null;
        var isClosed = false;
        var path = "";
        using var giveUp = new CancellationTokenSource(timeout);
        var isRegistered = await CallAsync("register", timeout, async id =>
        {
            path = $"new/{id}";
            registration = await _answerer.Messages.AddRequestHandlerAsync<string, string>(
                path,
                (asked, _, _) =>
                {
                    if (Volatile.Read(ref isClosed))
                        _executions.Faults.Enqueue($"'{asked}' is executed by a handler that is closed");
                    return Execute(asked, path);
                },
                cancellationToken: giveUp.Token);
            return "answered";
        });
        if (registration is null)
            return isRegistered;
        var isAnswered = await CallAsync("registered", timeout, id => AnswerAsync(id, _sender.AskAsync(path, id, new RequestOptions { Timeout = timeout })));
        // It has no time of its own, and ends when every gateway has been told.
        await CallAsync("close", Eventually.Limit, async id =>
        {
            await registration.CloseAsync();
            Volatile.Write(ref isClosed, true);
            return "answered";
        });
        return isAnswered && !await CallAsync("closed", timeout, id => AnswerAsync(id, _sender.AskAsync(path, id, new RequestOptions { Timeout = timeout })));
    }
}
