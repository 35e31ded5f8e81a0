namespace RabbitBridge.Cli.Demo;

/// <summary>A request of the demo, sent several times one after the other.</summary>
/// <param name="Path">Where it was sent.</param>
/// <param name="SentBy">The gateway of its sender.</param>
/// <param name="Expected">What had to come back: a response, or the name of an error.</param>
/// <param name="Outcome">What came back.</param>
/// <param name="FirstMicroseconds">The time of the first, which pays for just-in-time compilation.</param>
/// <param name="MedianMicroseconds">The median time of the others.</param>
internal sealed record DemoRequest(
    string Path, string SentBy, string Expected, string Outcome, double FirstMicroseconds, double MedianMicroseconds)
{
    public bool Passed => Outcome == Expected;
}
