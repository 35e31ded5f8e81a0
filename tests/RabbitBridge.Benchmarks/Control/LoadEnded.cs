namespace RabbitBridge.Benchmarks.Control;

/// <summary>What became of the requests of a load.</summary>
/// <param name="Sent">Those sent until the broker was there again; the next two numbers are of them.</param>
/// <param name="Answered">How many were answered.</param>
/// <param name="Errors">How many ended with each error.</param>
/// <param name="TimeOutsInside">Those of the errors that timed out though they were sent when the broker had long been away.</param>
/// <param name="Unended">How many of all have no end yet, long after their time.</param>
/// <param name="LatestMilliseconds">How long after its time the latest of all ended; negative if that was before it.</param>
/// <param name="WholeSeconds">How long after the broker's return the last of a hundred answers without an error between them came; <see langword="null"/> for never.</param>
internal sealed record LoadEnded(
    int Sent,
    int Answered,
    IReadOnlyDictionary<string, int> Errors,
    int TimeOutsInside,
    int Unended,
    double LatestMilliseconds,
    double? WholeSeconds) : WorkerEvent;
