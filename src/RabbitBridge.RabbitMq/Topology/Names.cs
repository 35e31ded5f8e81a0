using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using RabbitBridge.Fabric;

namespace RabbitBridge.RabbitMq.Topology;

/// <summary>The names of the wire contract's exchanges and queues.</summary>
internal sealed class Names(string prefix)
{
    /// <summary>The number of the topmost level exchange.</summary>
    public const int MaxDepth = BranchLimits.MaxDepth;

    /// <summary>The entry for requests whose publisher does not count segments.</summary>
    public string Request { get; } = $"{prefix}.request";

    /// <summary>Addressed traffic between gateways.</summary>
    public string Gateway { get; } = $"{prefix}.gateway";

    /// <summary>Gateways' requests to sessions, by the headers that stand for their filters.</summary>
    public string Filter { get; } = $"{prefix}.filter";

    /// <summary>Plain clients' requests to sessions; every gateway gets them, and topic permissions hold.</summary>
    public string Session { get; } = $"{prefix}.session";

    public string Presence { get; } = $"{prefix}.presence";

    /// <summary>Project messages of plain clients, by the gateway's name.</summary>
    public string Project { get; } = $"{prefix}.project";

    /// <summary>Events for services that only listen.</summary>
    public string Event { get; } = $"{prefix}.event";

    /// <summary>What could not be read, and requests that nobody took in time: an exchange, and a queue of the same name behind it.</summary>
    public string DeadLetter { get; } = $"{prefix}.dead-letter";

    /// <summary>
    /// A headers exchange in front of the exchanges of existing services. Whoever publishes to an exchange that has been deleted loses the channel, and
    /// the gateway its epoch; this one stays, and a request that finds nothing behind it comes back.
    /// </summary>
    public string Service { get; } = $"{prefix}.service";

    /// <summary>All exchanges, for whoever removes a bridge from a broker.</summary>
    public IReadOnlyList<string> Exchanges => [Request, .. Levels.Reverse(), Gateway, Filter, Session, Presence, Project, Service, Event, DeadLetter];

    /// <summary>The exchange at which handlers of branches with this many segments bind.</summary>
    public string Level(int depth) => Levels[depth];

    public string Inbox(string gateway, ulong instance, int epoch) =>
        string.Create(CultureInfo.InvariantCulture, $"{prefix}.gateway.{gateway}.{instance:x16}-{epoch}");

    /// <summary>Whether a queue or an exchange is one of the bridge's.</summary>
    public bool IsOwn(string name) => name.StartsWith($"{prefix}.", StringComparison.Ordinal);

    /// <summary>Whether a reply address is that of a gateway of this bridge.</summary>
    public bool IsInbox(string address) => address.StartsWith(Gateway + ".", StringComparison.Ordinal);

    /// <summary>Whether a queue is for gateways alone to fill: one of a branch, or that of what could not be read.</summary>
    public bool IsForGateways(string queue) => IsHandlerQueue(queue) || queue == DeadLetter;

    /// <summary>Whether a queue is that of a branch of this bridge.</summary>
    public bool IsHandlerQueue(string queue) => queue.StartsWith($"{prefix}.handler.", StringComparison.Ordinal);

    /// <summary>
    /// The queue of a branch, the same at every gateway: two queues for one branch would each get every request. A name too
    /// long for AMQP ends in a hash.
    /// </summary>
    public string HandlerQueue(MessagePath branch)
    {
        var key = branch.IsRoot ? "#" : RoutingKeys.Of(branch);
        var name = $"{prefix}.handler.{key}";
        if (Encoding.UTF8.GetByteCount(name) <= RoutingKeys.MaxBytes)
            return name;
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
        return $"{prefix}.handler.~{hash}";
    }

    private string[] Levels { get; } = [.. Enumerable.Range(0, MaxDepth + 1).Select(depth => $"{prefix}.request.{depth}")];
}
