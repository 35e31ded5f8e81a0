using RabbitBridge.IntegrationTests;

namespace RabbitBridge.EndToEndTests;

/// <summary>As <see cref="OwnBrokerFactAttribute"/>, with data.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class OwnBrokerTheoryAttribute : TheoryAttribute
{
    public OwnBrokerTheoryAttribute() => Skip = OwnBrokerFactAttribute.WhyNot;
}
