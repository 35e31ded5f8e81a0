using System.Globalization;

namespace RabbitBridge;

/// <summary>A problem in the text of a session filter.</summary>
/// <param name="Message">What is wrong and what was expected, for people.</param>
/// <param name="Line">The line where it begins, from 1.</param>
/// <param name="Column">The column where it begins, from 1, in UTF-16 characters.</param>
public sealed record FilterError(string Message, int Line, int Column)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"line {Line}, column {Column}: {Message}");
}
