using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using RabbitBridge.Diagnostics;
using RabbitBridge.Fabric.InMemory;
using RabbitBridge.Gateways;
using RabbitBridge.Security;

namespace RabbitBridge;

/// <summary>Makes gateways without a broker.</summary>
public static class InMemoryGateway
{
    /// <summary>Makes a gateway, which is then to be started.</summary>
    /// <param name="options">Its settings; <see langword="null"/> for the defaults.</param>
    /// <param name="broker">What connects it with other gateways of the process; <see langword="null"/> for a gateway on its own.</param>
    /// <param name="authorizer">Decides what sessions may do; <see langword="null"/> to permit everything.</param>
    /// <param name="logger">Where it logs; <see langword="null"/> for nowhere.</param>
    /// <returns>The gateway.</returns>
    /// <exception cref="OptionsValidationException">A setting is not allowed.</exception>
    public static IGateway Create(
        GatewayOptions? options = null, InMemoryBroker? broker = null, IAuthorizer? authorizer = null, ILogger? logger = null)
    {
        options ??= new GatewayOptions();
        if (new GatewayOptionsValidator().Validate(null, options) is { Failed: true } result)
            throw new OptionsValidationException(nameof(GatewayOptions), typeof(GatewayOptions), result.Failures);
        return new GatewayEngine(
            options, new InMemoryFabric(broker ?? new InMemoryBroker()), authorizer ?? new PermitAll(), new Telemetry(logger ?? NullLogger.Instance), logger ?? NullLogger.Instance);
    }
}
