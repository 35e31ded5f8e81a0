using System.Globalization;

namespace RabbitBridge.Benchmarks.Feats;

/// <summary>Something that a feat has measured.</summary>
/// <param name="Name">Its name in the results.</param>
/// <param name="Meaning">What it is, for people, with its unit.</param>
/// <param name="Value">The value; <see langword="null"/> for what has not come about.</param>
/// <param name="Target">What is asked for, for people; <see langword="null"/> if nothing is.</param>
/// <param name="IsMet">Whether it is reached; <see langword="null"/> if nothing is asked for.</param>
internal sealed record Figure(string Name, string Meaning, double? Value, string? Target, bool? IsMet)
{
    /// <summary>One that is judged.</summary>
    public static Figure AtMost(string name, string meaning, double? value, double target) =>
        new(name, meaning, Round(value), string.Create(CultureInfo.InvariantCulture, $"≤ {target:0.##}"), value <= target);

    /// <summary>One that is told with the others.</summary>
    public static Figure Told(string name, string meaning, double? value) => new(name, meaning, Round(value), Target: null, IsMet: null);

    private static double? Round(double? value) => value is { } number ? Math.Round(number, 3) : null;
}
