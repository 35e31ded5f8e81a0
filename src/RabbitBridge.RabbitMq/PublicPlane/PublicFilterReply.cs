using RabbitBridge.Fabric;
using RabbitBridge.Filters;
using RabbitBridge.RabbitMq.Connections;
using RabbitBridge.RabbitMq.Diagnostics;
using RabbitMQ.Client;

namespace RabbitBridge.RabbitMq.PublicPlane;

/// <summary>The way back to a plain client that has published a filter request; nowhere, if it named no reply queue.</summary>
internal sealed class PublicFilterReply(string? replyTo, string? correlationId, PublicContext context) : IFilterSink
{
    private static readonly string[] KnownHeaders = [PublicHeaders.Path, PublicHeaders.Filter, PublicHeaders.All, PublicHeaders.Property];

    public bool KeepsTime => false;

    /// <summary>Takes a message that has come to the inbox through the exchange of session filters and is no frame.</summary>
    /// <returns>Whether it could be read.</returns>
    public static bool TryReceive(string routingKey, IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body, PublicContext context)
    {
        var epoch = context.Epoch;
        if (!PublicReply.IsAllowed(properties, epoch))
            return false;
        var replyTo = new PublicFilterReply(properties.ReplyTo, properties.CorrelationId, context);
        if (PublicRequest.TryRead(properties, routingKey, body, depth: 0, KnownHeaders, epoch, out var request, out var problem)
            && TryReadFilter(properties, epoch, out var filter, out problem)
            && PublicAccess.IsPermitted(properties, request.Path, epoch, out problem, Permission.SendToSession, Permission.ViewSession))
        {
            epoch.Events.OnPublicFilterRequest(replyTo, request with { Filter = filter });
            return true;
        }

        replyTo.Count(new FilterCount(0, epoch.Instance, [], Error: problem.Reason, ErrorMessage: problem.Text));
        // What somebody may not do is no message that could not be read.
        return problem.Reason == ErrorReason.AccessDenied;
    }

    private static bool TryReadFilter(
        IReadOnlyBasicProperties properties, Epoch epoch, out string? filter, out (ErrorReason Reason, string Text) problem)
    {
        problem = default;
        if (ProblemOf(properties, out filter) is not { } found)
            return true;
        problem = found;
        epoch.Faults.Report(InputFault.InvalidRequest, problem.Text);
        return false;
    }

    /// <summary>Reads the filter, or makes it of the headers that each name a property.</summary>
    /// <returns>What is wrong, or <see langword="null"/>.</returns>
    private static (ErrorReason, string)? ProblemOf(IReadOnlyBasicProperties properties, out string? filter)
    {
        string[] named = [.. (properties.Headers?.Keys ?? []).Where(static header => header.StartsWith(PublicHeaders.Property, StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        var isAll = properties.Headers?.ContainsKey(PublicHeaders.All) is true;
        filter = PublicHeaders.Text(properties, PublicHeaders.Filter);
        if (PublicHeaders.IsNoText(properties, PublicHeaders.Filter))
            return (ErrorReason.InvalidData, $"The header {PublicHeaders.Filter} is no text in UTF-8.");
        if (filter is not null)
        {
            return isAll || named.Length > 0
                ? (ErrorReason.InvalidData, $"The header {PublicHeaders.Filter} says which sessions are meant; {(isAll ? PublicHeaders.All : FilterText.Show(named[0]))} beside it would have no effect.")
                : null;
        }

        if (!isAll && named.Length == 0)
        {
            return (ErrorReason.InvalidData,
                $"The header {PublicHeaders.Filter} is missing: a request to sessions has its filter there, as text, or in its place one header {PublicHeaders.Property}KEY for each property, or {PublicHeaders.All} for all.");
        }

        filter = PropertyFilter.Write(named.Select(header => (header[PublicHeaders.Property.Length..], PublicHeaders.Text(properties, header))), out var wrong);
        return filter is null ? (ErrorReason.InvalidFilter, wrong!) : null;
    }

    public void Count(FilterCount count)
    {
        if (!string.IsNullOrEmpty(replyTo))
            context.Publisher.Schedule(new PublicCount(replyTo, correlationId, count, context.Epoch), inline: false);
    }

    public void Reply(in ResponseEnvelope response)
    {
        if (string.IsNullOrEmpty(replyTo))
            OnAnswered(response.Id);
        else
            context.Publisher.Schedule(PublicResponse.Create(replyTo, correlationId, response, context, filter: this), inline: false);
    }

    /// <summary>An answer has been written, or is lost: the next may come. Not on the thread that says so, which writes for all.</summary>
    public void OnAnswered(long id) => ThreadPool.UnsafeQueueUserWorkItem(
        static answered => answered.Sink.Report(answered.Id), (Sink: this, Id: id), preferLocal: false);

    private void Report(long id) => context.Epoch.Events.OnFilterAnswered(this, id);
}
