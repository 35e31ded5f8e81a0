namespace RabbitBridge.Cli.Demo.Remote;

/// <summary>How a service came back after its gateway was killed.</summary>
/// <param name="Service">The session that serves.</param>
/// <param name="From">The gateway that was killed.</param>
/// <param name="To">The gateway at which it serves now.</param>
/// <param name="Callers">How many asked all the time, each one request after the other.</param>
/// <param name="BackMilliseconds">From the kill to the first answer from the other gateway.</param>
/// <param name="AllBackMilliseconds">From the kill until every caller had such an answer.</param>
/// <param name="Errors">The errors of requests that ended after the kill.</param>
internal sealed record DemoFailover(
    string Service, string From, string To, int Callers, double BackMilliseconds, double AllBackMilliseconds, IReadOnlyDictionary<string, int> Errors);
