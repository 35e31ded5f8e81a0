using RabbitBridge.Fabric;
using RabbitBridge.RabbitMq.Connections;
using RabbitBridge.RabbitMq.Diagnostics;
using RabbitMQ.Client;

namespace RabbitBridge.RabbitMq.PublicPlane;

/// <summary>The way back to a plain client that has published a filter request; nowhere, if it named no reply queue.</summary>
internal sealed class PublicFilterReply(string? replyTo, string? correlationId, Epoch epoch) : IFilterSink
{
    public bool GrantsCredit => false;

    /// <summary>Takes a message that has come to the inbox through the exchange of session filters and is no frame.</summary>
    public static void Receive(string routingKey, IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body, Epoch epoch)
    {
        var replyTo = new PublicFilterReply(properties.ReplyTo, properties.CorrelationId, epoch);
        if (PublicHeaders.Text(properties, PublicHeaders.Filter) is not { } filter)
        {
            const string Problem = "A request to sessions has its filter in the header rb-filter, as text.";
            epoch.Faults.Report(InputFault.InvalidRequest, Problem);
            replyTo.Count(new FilterCount(0, epoch.Instance, [], Error: ErrorReason.InvalidData, ErrorMessage: Problem));
        }
        else if (PublicRequest.TryRead(properties, routingKey, body, depth: 0, epoch, out var request, out var problem)
            && PublicAccess.IsPermitted(properties, request.Path, epoch, out problem, Permission.SendToSession, Permission.ViewSession))
        {
            epoch.Events.OnPublicFilterRequest(replyTo, request with { Filter = filter });
        }
        else
        {
            replyTo.Count(new FilterCount(0, epoch.Instance, [], Error: problem.Reason, ErrorMessage: problem.Text));
        }
    }

    public void Count(FilterCount count)
    {
        if (!string.IsNullOrEmpty(replyTo))
            epoch.Publisher.Schedule(new PublicCount(replyTo, correlationId, count, epoch), inline: false);
    }

    public void Reply(in ResponseEnvelope response)
    {
        if (!string.IsNullOrEmpty(replyTo))
            epoch.Publisher.Schedule(new PublicResponse(replyTo, correlationId, response, epoch), inline: false);
    }
}
