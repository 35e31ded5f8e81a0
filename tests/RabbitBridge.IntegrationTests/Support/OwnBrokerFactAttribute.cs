namespace RabbitBridge.IntegrationTests;

/// <summary>A test that operates the broker itself, which is never done to one that the tests did not start.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class OwnBrokerFactAttribute : FactAttribute
{
    public OwnBrokerFactAttribute() => Skip = WhyNot;

    /// <summary>Why the broker is not operated; <see langword="null"/> if it is.</summary>
    public static string? WhyNot { get; } = Environment.GetEnvironmentVariable("RABBITBRIDGE_AMQP_URI") is { Length: > 0 }
        ? "The broker is external: tests do not operate it."
        : null;
}
