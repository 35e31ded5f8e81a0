namespace RabbitBridge.IntegrationTests;

/// <summary>A test that operates the broker itself, which is never done to one that the tests did not start.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class OwnBrokerFactAttribute : FactAttribute
{
    public OwnBrokerFactAttribute()
    {
        if (Environment.GetEnvironmentVariable("RABBITBRIDGE_AMQP_URI") is { Length: > 0 })
            Skip = "The broker is external: tests do not operate it.";
    }
}
