using RabbitBridge.ContractTests;

namespace RabbitBridge;

/// <summary>One fabric for the gateways of one test, and the accidents that may happen to them there.</summary>
public interface IFabricWorld
{
    /// <summary>How many random cases a property is tried with: as many as the fabric is quick enough for.</summary>
    int RandomCases { get; }

    /// <summary>What the gateways log.</summary>
    CapturingLogger Log { get; }

    /// <summary>How many sessions are many: as many as they are light enough for.</summary>
    int ManySessions => 10_000;

    IGateway CreateGateway(GatewayOptions options);

    /// <summary>Takes a gateway from the fabric without a goodbye, as the death of its process does.</summary>
    Task CrashAsync(IGateway gateway);

    /// <summary>Has a gateway lose its connection and connect anew.</summary>
    /// <param name="gateway">The gateway.</param>
    /// <param name="whileDown">Called when the connection is lost and the next one is not there yet.</param>
    Task ReconnectAsync(IGateway gateway, Action? whileDown = null);
}
