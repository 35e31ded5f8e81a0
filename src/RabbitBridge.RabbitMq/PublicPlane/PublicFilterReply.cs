using System.Diagnostics.CodeAnalysis;
using RabbitBridge.Fabric;
using RabbitBridge.Filters;
using RabbitBridge.RabbitMq.Connections;
using RabbitBridge.RabbitMq.Diagnostics;
using RabbitMQ.Client;

namespace RabbitBridge.RabbitMq.PublicPlane;

/// <summary>The way back to a plain client that has published a filter request; nowhere, if it named no reply queue.</summary>
internal sealed class PublicFilterReply(string? replyTo, string? correlationId, Epoch epoch) : IFilterSink
{
    public bool GrantsCredit => false;

    /// <summary>Takes a message that has come to the inbox through the exchange of session filters and is no frame.</summary>
    /// <returns>Whether it could be read.</returns>
    public static bool TryReceive(string routingKey, IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body, Epoch epoch)
    {
        if (!PublicReply.IsAllowed(properties, epoch))
            return false;
        var replyTo = new PublicFilterReply(properties.ReplyTo, properties.CorrelationId, epoch);
        if (!TryReadFilter(properties, out var filter, out var problem))
        {
            epoch.Faults.Report(InputFault.InvalidRequest, problem.Text);
        }
        else if (PublicRequest.TryRead(properties, routingKey, body, depth: 0, epoch, out var request, out problem)
            && PublicAccess.IsPermitted(properties, request.Path, epoch, out problem, Permission.SendToSession, Permission.ViewSession))
        {
            epoch.Events.OnPublicFilterRequest(replyTo, request with { Filter = filter });
            return true;
        }

        replyTo.Count(new FilterCount(0, epoch.Instance, [], Error: problem.Reason, ErrorMessage: problem.Text));
        // What somebody may not do is no message that could not be read.
        return problem.Reason == ErrorReason.AccessDenied;
    }

    /// <summary>Reads the filter, or makes it of the headers that each name a property.</summary>
    private static bool TryReadFilter(IReadOnlyBasicProperties properties, [NotNullWhen(true)] out string? filter, out (ErrorReason Reason, string Text) problem)
    {
        problem = default;
        filter = PublicHeaders.Text(properties, PublicHeaders.Filter);
        if (filter is not null)
            return true;
        if (properties.Headers?.ContainsKey(FilterHeaders.All) is not true || PublicHeaders.IsNoText(properties, PublicHeaders.Filter))
        {
            problem = (ErrorReason.InvalidData, "A request to sessions has its filter in the header rb-filter, as text, or the header rb-all and one header rb-property-KEY for each property.");
            return false;
        }

        filter = PropertyFilter.Write(
            properties.Headers.Keys.Where(static header => header.StartsWith(PublicHeaders.Property, StringComparison.Ordinal)).Order(StringComparer.Ordinal)
                .Select(header => (header[PublicHeaders.Property.Length..], PublicHeaders.Text(properties, header))),
            out var wrong);
        if (filter is null)
            problem = (ErrorReason.InvalidFilter, wrong!);
        return filter is not null;
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
