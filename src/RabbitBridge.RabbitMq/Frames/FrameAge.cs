using RabbitBridge.Fabric;

namespace RabbitBridge.RabbitMq.Frames;

/// <summary>How much of the time of a frame's requests has passed since it was begun.</summary>
/// <param name="Milliseconds">0 for a frame that does not tell.</param>
internal readonly record struct FrameAge(int Milliseconds)
{
    // What ordinary frames take is not worth a copy of the request.
    private const int Negligible = 20;

    /// <summary>Takes what has passed off what a request has left.</summary>
    /// <returns><see langword="false"/> if nothing is left: its sender has given it up, or does so at this moment.</returns>
    public bool TryTakeOff(ref RequestEnvelope request)
    {
        if (Milliseconds <= Negligible || request.RemainingMilliseconds == 0)
            return true;
        if (request.RemainingMilliseconds <= Milliseconds)
            return false;
        request = request with { RemainingMilliseconds = request.RemainingMilliseconds - Milliseconds };
        return true;
    }
}
