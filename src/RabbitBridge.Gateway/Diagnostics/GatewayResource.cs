using Microsoft.Extensions.Options;
using OpenTelemetry.Resources;

namespace RabbitBridge.Gateway.Diagnostics;

/// <summary>Tells which gateway telemetry is of. Its name is unique in the fabric, as the conventions want an instance's to be.</summary>
internal sealed class GatewayResource(IOptions<GatewayOptions> options) : IResourceDetector
{
    public Resource Detect() => new([new("service.instance.id", options.Value.Name)]);
}
