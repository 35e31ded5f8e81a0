using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace RabbitBridge.RabbitMq.PublicPlane;

/// <summary>The error reasons under the names that the originals give them, such as UNHANDLED_MESSAGE.</summary>
internal static partial class ErrorNames
{
    private static readonly FrozenDictionary<ErrorReason, string> Names = Enum.GetValues<ErrorReason>()
        .ToFrozenDictionary(reason => reason, reason => WordStart().Replace(reason.ToString(), "_").ToUpperInvariant());

    private static readonly FrozenDictionary<string, ErrorReason> Reasons =
        Names.ToFrozenDictionary(pair => pair.Value, pair => pair.Key, StringComparer.Ordinal);

    public static string Of(ErrorReason reason) => Names.TryGetValue(reason, out var name) ? name : $"REASON_{(int)reason}";

    public static ErrorReason? Find(string? name) => name is not null && Reasons.TryGetValue(name, out var reason) ? reason : null;

    [GeneratedRegex("(?<=[a-z])(?=[A-Z])")]
    private static partial Regex WordStart();
}
