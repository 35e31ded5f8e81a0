namespace RabbitBridge.Cli.Demo.Remote;

/// <summary>One remote session asks another one, or all.</summary>
/// <param name="Asker">Who asks.</param>
/// <param name="Asked">Who is asked.</param>
/// <param name="Through">The gateways on the way.</param>
/// <param name="Expected">What had to come back.</param>
/// <param name="Outcome">What came back: a response, or the name of an error.</param>
/// <param name="FirstMicroseconds">The time of the first request, which pays for just-in-time compilation.</param>
/// <param name="MedianMicroseconds">The median time of the others.</param>
internal sealed record DemoExchange(
    string Asker, string Asked, string Through, string Expected, string Outcome, double FirstMicroseconds, double MedianMicroseconds)
{
    public bool Passed => Outcome == Expected;
}
