namespace RabbitBridge.Cli.Demo;

/// <summary>What the demo's command line says.</summary>
/// <param name="Json">Whether a program reads the output.</param>
/// <param name="Requests">How many requests are in flight when the gateway is killed.</param>
/// <param name="DeathLimit">Within which time after the kill every caller must have an answer.</param>
/// <param name="FailoverLimit">Within which time after the kill of a gateway program its remote sessions must serve again.</param>
internal sealed record DemoSettings(bool Json, int Requests, TimeSpan DeathLimit, TimeSpan FailoverLimit);
