using System.Globalization;

namespace RabbitBridge.Benchmarks.Workers;

/// <summary>The paths that both sides of a comparison know.</summary>
internal static class BenchPaths
{
    /// <summary>The one path, or that many paths below it.</summary>
    public static IReadOnlyList<string> Of(string path, int count) => count == 1
        ? [path]
        : [.. Enumerable.Range(0, count).Select(number => string.Create(CultureInfo.InvariantCulture, $"{path}/{number}"))];
}
