using Microsoft.Extensions.Logging;
using RabbitBridge.Fabric;
using RabbitBridge.RabbitMq.Diagnostics;
using RabbitBridge.RabbitMq.Frames;
using RabbitBridge.RabbitMq.Topology;
using RabbitMQ.Client;
using Telemetry = RabbitBridge.Diagnostics.Telemetry;

namespace RabbitBridge.RabbitMq.Connections;

/// <summary>What all epochs of a gateway share.</summary>
internal sealed record EpochContext(
    FabricIdentity Identity,
    IFabricEvents Events,
    IAuthorizer Authorizer,
    RabbitMqOptions Options,
    Names Names,
    ConnectionFactory Factory,
    InputFaults Faults,
    Telemetry Telemetry,
    ILogger Logger,
    int MaxMessageBytes)
{
    public TransitTimes Transits { get; } = new();

    public string UserName => Factory.UserName;
}
