using System.Diagnostics;

namespace RabbitBridge.Diagnostics;

/// <summary>The trace context that comes with a request from outside.</summary>
internal static class TraceParent
{
    // Later versions of the format may be longer than the 55 characters of the present one.
    private const int MaxLength = 255;

    /// <summary>What is left of a client's trace context: one that is none is passed over, as W3C demands.</summary>
    public static string? Checked(string? traceParent) =>
        traceParent is { Length: <= MaxLength } && ActivityContext.TryParse(traceParent, null, out _) ? traceParent : null;
}
