using RabbitBridge.Testing.PrivateNodes;

namespace RabbitBridge.IntegrationTests;

/// <summary>A test that needs a broker with a configuration of its own, which only a private node has.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NodeFactAttribute : FactAttribute
{
    public NodeFactAttribute() => Skip = WhyNot;

    /// <summary>Why there are no private nodes here; <see langword="null"/> if there are.</summary>
    public static string? WhyNot { get; } = RabbitInstallation.Find() is null && !DebianInstaller.IsPossible()
        ? "rabbitmq-server is not installed, and only a private node can be configured by a test."
        : null;
}
