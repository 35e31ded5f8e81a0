namespace RabbitBridge.Benchmarks.Reports;

/// <summary>Two results in proportion.</summary>
/// <param name="Name">Its name in the results.</param>
/// <param name="Meaning">What is divided by what.</param>
/// <param name="Value">The quotient.</param>
/// <param name="Target">What is asked for, for people; <see langword="null"/> if nothing is.</param>
/// <param name="IsMet">Whether it is reached; <see langword="null"/> if nothing is asked for.</param>
internal sealed record Ratio(string Name, string Meaning, double Value, string? Target, bool? IsMet);
