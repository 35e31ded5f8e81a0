namespace RabbitBridge.Cli.Demo.Remote;

/// <summary>What a session in JavaScript has done.</summary>
/// <param name="Failure">Why not; <see langword="null"/> if it has.</param>
/// <param name="Kind">What runs it, such as <c>Node v20.1.0</c>.</param>
/// <param name="Gateway">Where it is now.</param>
/// <param name="Outcome">What came back, if it was to ask.</param>
/// <param name="FirstMicroseconds">The time of the first request.</param>
/// <param name="MedianMicroseconds">The median time of the others.</param>
internal sealed record ScriptReply(
    string? Failure, string? Kind, string? Gateway, string? Outcome, double FirstMicroseconds, double MedianMicroseconds);
