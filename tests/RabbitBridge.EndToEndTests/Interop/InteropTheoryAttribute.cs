namespace RabbitBridge.EndToEndTests.Interop;

/// <summary>A test that needs Python with pika and Node with amqplib. On the build machines both are there, and nothing is skipped.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class InteropTheoryAttribute : TheoryAttribute
{
    private static readonly Lazy<string?> Missing = new(static () => Peer.Python.WhyNot() ?? Peer.Node.WhyNot());

    public InteropTheoryAttribute() => Skip = Environment.GetEnvironmentVariable("CI") == "true" ? null : Missing.Value;

    /// <summary>Installs what can be installed.</summary>
    public static void Prepare() => Assert.Null(Missing.Value);
}
