namespace RabbitBridge.Fabric;

/// <summary>What a gateway has made of a filter request: the sessions to which it was sent there.</summary>
/// <param name="Id">The number that the sending gateway gave the request.</param>
/// <param name="Gateway">The instance of the gateway that has evaluated the filter.</param>
/// <param name="Sessions">The second halves of the sessions' ids.</param>
/// <param name="HasAnswers">Whether each of the sessions answers.</param>
/// <param name="Error">Why the filter could not be evaluated; <see langword="null"/> if it was.</param>
/// <param name="ErrorMessage">What went wrong, for people.</param>
internal sealed record FilterCount(long Id, ulong Gateway, IReadOnlyList<ulong> Sessions, bool HasAnswers = true, ErrorReason? Error = null, string? ErrorMessage = null)
    : LinkMessage("filter count");
