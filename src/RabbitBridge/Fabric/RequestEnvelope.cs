namespace RabbitBridge.Fabric;

/// <summary>A request on its way, as it crosses the fabric: everything but the way itself.</summary>
internal readonly record struct RequestEnvelope
{
    /// <summary>The sending gateway's number for the request; the response carries it back.</summary>
    public long Id { get; init; }

    /// <summary>The message path.</summary>
    public required MessagePath Path { get; init; }

    /// <summary>The one session that shall answer; <see langword="null"/> when the path decides.</summary>
    public SessionId? Target { get; init; }

    /// <summary>The filter that selects the sessions that shall answer; <see langword="null"/> for a request to one.</summary>
    public string? Filter { get; init; }

    /// <summary>What shall be changed of the selected sessions, in place of a request to them.</summary>
    public SessionChange? Change { get; init; }

    /// <summary>The session that sent the request; default for a plain AMQP caller.</summary>
    public SessionId Sender { get; init; }

    /// <summary>The sender's properties that the chosen branch asked for.</summary>
    public IReadOnlyDictionary<string, string>? Properties { get; init; }

    /// <summary>
    /// What the branch asked for beside the keys of <see cref="Properties"/>: keys for which the sender has no property, and wildcards. With it another gateway knows
    /// whether the request brings what yet another handler asks for. <see langword="null"/> for nothing, or where all properties come.
    /// </summary>
    public IReadOnlyList<string>? AskedBeside { get; init; }

    /// <summary>The depth of the branch for which the recipient was chosen: it must not answer with a shallower one.</summary>
    public int Depth { get; init; }

    /// <summary>How many gateways have passed the request on because its handler had just left.</summary>
    public int Hops { get; init; }

    /// <summary>What is left of the request's time, in milliseconds; 0 for no limit.</summary>
    public int RemainingMilliseconds { get; init; }

    /// <summary>The content type of the payload.</summary>
    public required string ContentType { get; init; }

    /// <summary>The value.</summary>
    public required ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>Whether the payload lies in a buffer that is used again once the call that brought it here returns.</summary>
    public bool IsTransient { get; init; }

    /// <summary>The W3C trace context of the caller, if it is traced.</summary>
    public string? TraceParent { get; init; }

    /// <summary>The same request with a payload that may be kept.</summary>
    public RequestEnvelope Persist() => IsTransient ? this with { Payload = Payload.ToArray(), IsTransient = false } : this;
}
