namespace RabbitBridge.Benchmarks.Scenarios;

/// <summary>Everything that can be measured.</summary>
internal static class ScenarioList
{
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new(Names.ByPath, "two gateways in two processes, a handler on one path", [128, 1], [Subjects.ByPath(paths: 1), Subjects.RawFast]),
        new(Names.BySession, "the same, to a session by its id", [128], [Subjects.BySession, Subjects.RawFast]),
        new(Names.ManyPaths, "the same by path, evenly over 1,000 handler paths (raw-fast: one queue)", [128], [Subjects.ByPath(paths: 1000), Subjects.RawFast]),
        new(Names.PublicPlane, "a plain AMQP client asks a handler in a gateway (rabbitbridge-level: at the level of its path; -safe: mandatory and confirmed; raw-acked: acknowledged by hand; raw-topic: through amq.topic)", [128], [Subjects.PublicPlane, Subjects.PublicPlaneLevel, Subjects.RawFast, Subjects.RawAcked, Subjects.RawTopic, Subjects.PublicPlaneSafe, Subjects.RawSafe]),
        new(Names.NoHandler, "the error for a path that nobody handles (raw-ping: one broker round trip)", [1], [Subjects.Unhandled, Subjects.Ping]) { Requests = 200 },
        new(Names.Filter, "10,000 sessions on 4 gateways, asked all at once by a filter (raw-batch: 10,000 requests by hand)", [1], [Subjects.ByFilter, Subjects.RawBatch]) { CountsMessages = true },
        new(Names.Projects, "project messages to another gateway, each with its receipt (raw-publish: publishing with confirms, no receipt)", [128, 8], [Subjects.ProjectMessages, Subjects.RawPublish])
        {
            // 64,000/s in the seconds 7 to 10, 97,000/s from 20 on: there is more to compile (JSON, queues, receipts), and on two busy cores that takes its time.
            FirstWarmUpFactor = 9,
        },
        new(Names.Local, "a handler on the caller's own gateway", [64], [Subjects.LocalBinary, Subjects.LocalJson]),
        new(Names.Remote, "8 remote sessions ask a handler in their gateway process (rabbitbridge-to-remote: in another remote session; signalr-echo: a bare SignalR hub, 8 connections)", [64, 1], [Subjects.Remote(sessions: 8), Subjects.RemoteToRemote(sessions: 8), Subjects.SignalREcho(connections: 8)]),
        new(Names.RemoteSessions, "5,000 remote sessions on one gateway process, which ask in turn", [64], [Subjects.RemoteToRemote(sessions: 5000)]) { MeasuresMemory = true },
    ];
}
