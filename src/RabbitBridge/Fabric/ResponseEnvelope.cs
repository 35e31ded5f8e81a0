namespace RabbitBridge.Fabric;

/// <summary>The answer to a request, as it crosses the fabric.</summary>
internal readonly record struct ResponseEnvelope
{
    /// <summary>The number that the sending gateway gave the request.</summary>
    public long Id { get; init; }

    /// <summary>The session that answers a request sent by a filter; <see langword="null"/> for a request to one.</summary>
    public SessionId? Session { get; init; }

    /// <summary>Why the request failed; <see langword="null"/> if it did not.</summary>
    public ErrorReason? Error { get; init; }

    /// <summary>What went wrong, for people.</summary>
    public string? ErrorMessage { get; init; }

    /// <summary>The content type of the payload.</summary>
    public string ContentType { get; init; }

    /// <summary>The value.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>Whether the payload lies in a buffer that is used again once the call that brought it here returns.</summary>
    public bool IsTransient { get; init; }

    public static ResponseEnvelope Failed(long id, ErrorReason reason, string message) =>
        new() { Id = id, Error = reason, ErrorMessage = ErrorText.Shortened(message), ContentType = ContentTypes.Binary };

    /// <summary>The same response with a payload that may be kept.</summary>
    public ResponseEnvelope Persist() => IsTransient ? this with { Payload = Payload.ToArray(), IsTransient = false } : this;
}
