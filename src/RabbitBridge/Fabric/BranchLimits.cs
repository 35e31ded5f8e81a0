using System.Buffers;
using System.Text;

namespace RabbitBridge.Fabric;

/// <summary>How deep and how long the path of a handler may be: the broker has so many level exchanges, and keys of 255 bytes.</summary>
internal static class BranchLimits
{
    public const int MaxDepth = 16;

    public const int MaxKeyBytes = 255;

    private static readonly SearchValues<char> Escaped = SearchValues.Create("%.*#");

    /// <summary>What is wrong with a path as a handler's; <see langword="null"/> if nothing is.</summary>
    public static string? Problem(MessagePath branch)
    {
        if (branch.Depth > MaxDepth)
            return $"The path '{branch}' has {branch.Depth} segments; a handler may be registered at most {MaxDepth} deep.";
        return KeyBytes(branch.Value) > MaxKeyBytes
            ? $"The path '{branch}' is too long for a handler: its routing key would have more than {MaxKeyBytes} bytes."
            : null;
    }

    // The segments joined by dots, three bytes for each escaped character, and ".#" for everything below.
    private static int KeyBytes(string path)
    {
        var bytes = Encoding.UTF8.GetByteCount(path) + 2;
        for (var rest = path.AsSpan(); rest.IndexOfAny(Escaped) is var next and >= 0; rest = rest[(next + 1)..])
            bytes += 2;
        return bytes;
    }
}
