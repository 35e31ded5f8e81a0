using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using RabbitBridge.Gateways;
using RabbitBridge.Security;
using Telemetry = RabbitBridge.Diagnostics.Telemetry;

namespace RabbitBridge;

/// <summary>Makes gateways that are connected over RabbitMQ.</summary>
public static class RabbitMqGateway
{
    /// <summary>Makes a gateway, which is then to be started.</summary>
    /// <param name="options">The gateway's settings; <see langword="null"/> for the defaults.</param>
    /// <param name="broker">The settings of its connection; <see langword="null"/> for the defaults.</param>
    /// <param name="authorizer">Decides what sessions may do; <see langword="null"/> to permit everything.</param>
    /// <param name="logger">Where it logs; <see langword="null"/> for nowhere.</param>
    /// <returns>The gateway.</returns>
    /// <exception cref="OptionsValidationException">A setting is not allowed.</exception>
    public static IGateway Create(
        GatewayOptions? options = null, RabbitMqOptions? broker = null, IAuthorizer? authorizer = null, ILogger? logger = null)
    {
        options ??= new GatewayOptions();
        broker ??= new RabbitMqOptions();
        Check(new GatewayOptionsValidator().Validate(null, options), typeof(GatewayOptions));
        Check(new RabbitMqOptionsValidator().Validate(null, broker), typeof(RabbitMqOptions));
        logger ??= NullLogger.Instance;
        var telemetry = new Telemetry(logger);
        authorizer ??= new PermitAll();
        var fabric = new RabbitMqFabric(broker, options.MaxMessageBytes, authorizer, telemetry, logger);
        return new GatewayEngine(options, fabric, authorizer, telemetry, logger);
    }

    private static void Check(ValidateOptionsResult result, Type type)
    {
        if (result.Failed)
            throw new OptionsValidationException(type.Name, type, result.Failures);
    }
}
