using CsCheck;

namespace RabbitBridge.ContractTests;

/// <summary>
/// The property that header bindings must not break: whatever the sessions, their changes, the budgets and the filter, a request reaches
/// exactly the sessions that plain evaluation selects.
/// </summary>
public abstract class FilterSoundnessContract(IFabricWorld world) : FabricContract(world)
{
    private const string Path = "here";
    private const int FiltersPerCase = 5;

    // So few that properties are bound as a whole, or not at all; and the default.
    private static readonly int[] Budgets = [4, 12, 32];

    private static readonly Gen<Plan> Plans = Gen.Select(
        Gen.Int[0, Budgets.Length - 1], RandomFilter.Principal, RandomFilter.Properties, RandomFilter.Roles)
        .Select((gateway, principal, properties, roles) => new Plan(gateway, principal, properties, roles));

    private static readonly Gen<Change> Changes = Gen.Select(RandomFilter.Of(1), RandomFilter.Properties, RandomFilter.Roles, RandomFilter.Roles, Gen.Int[0, 20])
        .Select((filter, properties, remove, add, closed) => new Change(filter, properties, remove, add, closed));

    private IGateway[] _gateways = [];

    public override async Task InitializeAsync()
    {
        _gateways = await Task.WhenAll(Budgets.Select((budget, index) => StartGatewayAsync($"{(char)('a' + index)}", options => options.HeaderBindings = budget)));
    }

    [Fact]
    public Task A_request_reaches_exactly_the_sessions_that_plain_evaluation_selects() =>
        Gen.Select(Plans.Array[0, 12], Changes.Array[0, 3], RandomFilter.Of(6).Array[FiltersPerCase])
            .SampleAsync(AssertCaseAsync, iter: World.RandomCases, threads: 1);

    private async Task AssertCaseAsync(Plan[] plans, Change[] changes, string[] filters)
    {
        var sessions = new List<ISession>();
        try
        {
            foreach (var plan in plans)
                sessions.Add(_gateways[plan.Gateway].OpenSession(plan.Options));
            foreach (var session in sessions)
                session.AnswerOnStream(Path, session.Id.ToString());
            // What was opened before is settled with the last of each gateway.
            foreach (var gateway in _gateways)
                await (await gateway.OpenSessionAsync()).CloseAsync();

            var sender = _gateways[0].OpenSession();
            sessions.Add(sender);
            sender.AnswerOnStream(Path, sender.Id.ToString());
            await (await _gateways[0].OpenSessionAsync()).CloseAsync();
            await AssertFiltersAsync(sender, sessions, filters);
            foreach (var change in changes)
            {
                var filter = SessionFilter.Parse(change.Filter);
                var selected = sessions.Count(session => filter.Matches(session.Properties));
                Assert.Equal(selected, await sender.Sessions.SetPropertiesAsync(filter, change.Properties));
                var added = change.Add.Except(change.Remove).ToArray();
                if (added.Length + change.Remove.Length > 0)
                    await sender.Sessions.ChangeRolesAsync(filter, change.Remove, added);
                if (change.Closed < sessions.Count - 1)
                {
                    await sessions[change.Closed].CloseAsync();
                    sessions.RemoveAt(change.Closed);
                }

                await AssertFiltersAsync(sender, sessions, filters);
            }
        }
        finally
        {
            await Task.WhenAll(sessions.Select(session => session.CloseAsync()));
        }
    }

    private async Task AssertFiltersAsync(ISession sender, List<ISession> sessions, string[] filters)
    {
        foreach (var text in filters)
        {
            var filter = SessionFilter.Parse(text);
            var expected = sessions.Where(session => filter.Matches(session.Properties)).Select(session => session.Id.ToString()).Order().ToArray();
            var reached = new List<string>();
            await foreach (var answer in sender.Messages.SendRequestToFilterAsync<string, string>(text, Path, ""))
                reached.Add(answer.Response);
            // A gateway that was taken for lost on a busy machine says so in the log.
            Assert.True(
                expected.SequenceEqual(reached.Order()),
                $"'{text}' reaches {string.Join(", ", reached.Order())}, not {string.Join(", ", expected)}; logged: {string.Join("; ", World.Log.Lines.Select(line => line.Text))}");
        }
    }

    private sealed record Plan(int Gateway, string Principal, Dictionary<string, string?> Properties, string[] Roles)
    {
        public SessionOptions Options => new()
        {
            Principal = Principal,
            Roles = Roles,
            Properties = Properties.Where(pair => pair.Value is not null && !pair.Key.StartsWith('$')).ToDictionary(pair => pair.Key, pair => pair.Value!),
        };
    }

    private sealed record Change(string Filter, Dictionary<string, string?> Properties, string[] Remove, string[] Add, int Closed);
}
