using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace RabbitBridge;

/// <summary>The error reasons under the names that the originals give them, such as UNHANDLED_MESSAGE.</summary>
internal static partial class ErrorNames
{
    /// <summary>What ends because nobody wants it any more has no reason, but a name where telemetry wants one.</summary>
    public const string Cancelled = "CANCELLED";

    private static readonly FrozenDictionary<ErrorReason, string> Names = Enum.GetValues<ErrorReason>()
        .ToFrozenDictionary(reason => reason, reason => WordStart().Replace(reason.ToString(), "_").ToUpperInvariant());

    private static readonly FrozenDictionary<string, ErrorReason> Reasons =
        Names.ToFrozenDictionary(pair => pair.Value, pair => pair.Key, StringComparer.Ordinal);

    public static string Of(ErrorReason reason) => Names.TryGetValue(reason, out var name) ? name : $"REASON_{(int)reason}";

    /// <summary>The name that telemetry has for how a request has ended: its reason's, or its type's.</summary>
    public static string Of(Exception exception) => exception switch
    {
        MessagingException known => Of(known.Reason),
        OperationCanceledException => Cancelled,
        _ => exception.GetType().FullName!,
    };

    /// <summary>The name that telemetry has for what a handler has thrown: its type's. Errors of what the handler itself had asked for are none of its request's.</summary>
    public static string OfThrown(Exception exception) => exception is RejectedRequestException ? Of(ErrorReason.RejectedRequest) : exception.GetType().FullName!;

    /// <summary>The name that telemetry has for why a handler was left behind.</summary>
    public static string Of(LeftReason reason) => reason switch
    {
        LeftReason.TimeOver => Of(ErrorReason.RequestTimeOut),
        LeftReason.NobodyWaits => Cancelled,
        _ => Of(ErrorReason.SessionClosed),
    };

    public static ErrorReason? Find(string? name) => name is not null && Reasons.TryGetValue(name, out var reason) ? reason : null;

    [GeneratedRegex("(?<=[a-z])(?=[A-Z])")]
    private static partial Regex WordStart();
}
