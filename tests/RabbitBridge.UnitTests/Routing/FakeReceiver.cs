using Microsoft.Extensions.Logging.Abstractions;
using RabbitBridge.Calls;
using RabbitBridge.Diagnostics;

namespace RabbitBridge.UnitTests.Routing;

/// <summary>A receiver that nobody calls.</summary>
internal sealed class FakeReceiver(Telemetry telemetry) : RequestReceiver(null!, NullLogger.Instance, telemetry)
{
    public override IncomingRequest Accept(in RequestArrival arrival) => throw new NotSupportedException();

    protected override void OnClose()
    {
    }
}
