using Microsoft.Extensions.Logging;
using RabbitBridge.Calls;
using RabbitBridge.Diagnostics;

namespace RabbitBridge.Projects;

/// <summary>Takes the project messages that other gateways send to this one.</summary>
/// <param name="self">The gateway itself, which is no session that anybody finds.</param>
/// <param name="distributor">Delivers them.</param>
/// <param name="logger">Where failures go.</param>
/// <param name="telemetry">Counts.</param>
internal sealed class ProjectReceiver(SessionWork self, ProjectDistributor distributor, ILogger logger, Telemetry telemetry)
    : RequestReceiver(self, logger, telemetry)
{
    public ProjectDistributor Distributor => distributor;

    public override IncomingRequest Accept(in RequestArrival arrival) => new ProjectRequest(this, arrival, isPlain: false);

    /// <summary>Takes a message of a plain AMQP client, which gets its receipts in JSON.</summary>
    public IncomingRequest AcceptPlain(in RequestArrival arrival) => new ProjectRequest(this, arrival, isPlain: true);

    protected override void OnClose()
    {
        // It lives as long as its gateway.
    }
}
