namespace RabbitBridge.Cli.Demo.Remote;

/// <summary>What came back to one who asked several times.</summary>
/// <param name="Outcome">The last response, or the name of an error.</param>
/// <param name="FirstMicroseconds">The time of the first.</param>
/// <param name="MedianMicroseconds">The median time of the others.</param>
internal sealed record Answer(string Outcome, double FirstMicroseconds, double MedianMicroseconds);
