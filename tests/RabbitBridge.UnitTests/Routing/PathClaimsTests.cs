using CsCheck;
using RabbitBridge.Fabric;
using RabbitBridge.Routing;

namespace RabbitBridge.UnitTests.Routing;

public sealed class PathClaimsTests
{
    private const int Gateways = 3;

    private static readonly MessagePath Path = MessagePath.Parse("a/b");

    private static readonly Gen<(int Gateway, int Kind, int Order)[]> Steps =
        Gen.Select(Gen.Int[0, Gateways - 1], Gen.Int[0, 4], Gen.Int[0, int.MaxValue]).Array[0, 80];

    /// <summary>Claims, objections and withdrawals arrive in any order, but each gateway's own announcements in the order in which it has made them.</summary>
    [Fact]
    public void Whatever_overtakes_what_a_path_has_handlers_or_one_service() => Steps.Sample(
        steps =>
        {
            var fabric = new SimulatedFabric();
            foreach (var (gateway, kind, order) in steps)
            {
                switch (kind)
                {
                    case 0:
                        fabric.AddHandler(gateway);
                        break;
                    case 1:
                        fabric.Claim(gateway, Route(order % 2));
                        break;
                    case 2:
                        fabric.Leave(gateway);
                        break;
                    default:
                        fabric.DeliverOne(order);
                        break;
                }

                var bound = fabric.Bound.Distinct().ToArray();
                Assert.True(bound.Length <= 1, $"At once: {string.Join(", ", bound)}");
            }
        },
        iter: 20_000);

    [Fact]
    public void Of_two_claims_that_meet_that_of_the_lower_gateway_stands()
    {
        var (low, high) = (new PathClaims(1), new PathClaims(2));
        Assert.True(low.TryClaim(Path, Route(0)) && high.TryClaim(Path, Route(1)));

        Assert.Equal((true, false), (low.Hear(Path, 2, Route(1)), high.Hear(Path, 1, Route(0))));
    }

    [Fact]
    public void What_is_settled_or_handled_objects_to_what_comes_later()
    {
        var settled = new PathClaims(9);
        Assert.True(settled.TryClaim(Path, Route(0)));
        settled.Settle(Path);
        Assert.True(settled.Hear(Path, 1, Route(1)));
        Assert.False(settled.Hear(Path, 1, Route(0)));

        var handling = new PathClaims(9);
        var (first, second) = (new FakeHandler(Path), new FakeHandler(Path));
        Assert.Null(handling.AddHandler(first));
        Assert.True(handling.Hear(Path, 1, Route(0)));
        Assert.Equal((Route(0), 1UL), handling.AddHandler(second));
        // The refused one is not there, and takes nothing away when it goes.
        Assert.False(handling.HasHandler(second));
        handling.RemoveHandler(second);
        Assert.True(handling.Hear(Path, 1, Route(0)));
        handling.RemoveHandler(first);
        Assert.False(handling.Hear(Path, 1, Route(0)));
        handling.Forget(Path, 1);
        Assert.Null(handling.AddHandler(second));
    }

    [Fact]
    public void A_gateway_whose_snapshot_has_handlers_where_it_had_a_service_claims_the_path_no_more()
    {
        var claims = new PathClaims(9);
        var peer = new Peer(1, "other", new FakeLink("other"), new RouteTable(), claims);
        peer.Replace([new BranchAnnouncement(Path, [], Redelivery: false, new ServiceAnnouncement(Route(0), new ServiceStatus(ServiceState.Served)))], 1);
        Assert.NotNull(claims.AddHandler(new FakeHandler(Path)));

        // What lay between was missed.
        peer.Replace([new BranchAnnouncement(Path, [], Redelivery: false)], 5);

        Assert.Null(claims.AddHandler(new FakeHandler(Path)));
    }

    private static ServiceRoute Route(int number) => new() { Exchange = string.Empty, RoutingKey = $"queue {number}" };

    /// <summary>Gateways that do as the roster and the directories do, with every message on its way until it is delivered.</summary>
    private sealed class SimulatedFabric
    {
        private readonly Gateway[] _gateways = [.. Enumerable.Range(0, Gateways).Select(static number => new Gateway((ulong)number + 1))];

        // One lane for each pair: what one gateway announces is heard in order, what two announce in any.
        private readonly Queue<Action>[] _lanes = [.. Enumerable.Range(0, Gateways * Gateways * 2).Select(static _ => new Queue<Action>())];

        public IEnumerable<string> Bound => _gateways.SelectMany(static gateway =>
            Enumerable.Repeat("handlers", gateway.Handlers.Count).Concat(gateway.Service is { IsBound: true } service ? [service.Route.RoutingKey] : []));

        public void AddHandler(int number)
        {
            var gateway = _gateways[number];
            var handler = new FakeHandler(Path);
            if (gateway.Claims.AddHandler(handler) is null)
                gateway.Handlers.Push(handler);
        }

        public void Claim(int number, ServiceRoute route)
        {
            var gateway = _gateways[number];
            if (gateway.Service is not null || !gateway.Claims.TryClaim(Path, route))
                return;
            var service = gateway.Service = new Service(route, Waiting: Gateways - 1);
            ToOthers(number, other =>
            {
                var objects = _gateways[other].Claims.Hear(Path, gateway.Instance, route);
                Lane(other, number, isAnswer: true).Enqueue(() => Answered(number, service, objects));
            });
        }

        public void Leave(int number)
        {
            var gateway = _gateways[number];
            if (gateway.Handlers.TryPop(out var handler))
            {
                gateway.Claims.RemoveHandler(handler);
            }
            else if (gateway.Service is { Waiting: 0 })
            {
                Release(number);
            }
        }

        public void DeliverOne(int order)
        {
            var waiting = _lanes.Where(static lane => lane.Count > 0).ToArray();
            if (waiting.Length > 0)
                waiting[order % waiting.Length].Dequeue()();
        }

        private void Answered(int number, Service service, bool objects)
        {
            service.Waiting--;
            service.IsRefused |= objects;
            if (service.Waiting > 0)
                return;
            if (service.IsRefused)
            {
                Release(number);
                return;
            }

            _gateways[number].Claims.Settle(Path);
            service.IsBound = true;
        }

        private void Release(int number)
        {
            var gateway = _gateways[number];
            gateway.Service = null;
            gateway.Claims.Release(Path);
            ToOthers(number, other => _gateways[other].Claims.Forget(Path, gateway.Instance));
        }

        private void ToOthers(int number, Action<int> tell)
        {
            foreach (var other in Enumerable.Range(0, Gateways).Where(other => other != number))
                Lane(number, other, isAnswer: false).Enqueue(() => tell(other));
        }

        private Queue<Action> Lane(int from, int to, bool isAnswer) => _lanes[(((from * Gateways) + to) * 2) + (isAnswer ? 1 : 0)];

        private sealed class Gateway(ulong instance)
        {
            public ulong Instance { get; } = instance;

            public PathClaims Claims { get; } = new(instance);

            public Stack<FakeHandler> Handlers { get; } = new();

            public Service? Service { get; set; }
        }

        private sealed record Service(ServiceRoute Route, int Waiting)
        {
            public int Waiting { get; set; } = Waiting;

            public bool IsRefused { get; set; }

            public bool IsBound { get; set; }
        }
    }
}
