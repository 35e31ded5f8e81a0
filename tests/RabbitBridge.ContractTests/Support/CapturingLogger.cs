using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace RabbitBridge.ContractTests;

/// <summary>Keeps what is logged, and has it told by the waits of the same test that fail.</summary>
public sealed class CapturingLogger : ILogger
{
    private const int LinesToTell = 60;

    private static readonly AsyncLocal<CapturingLogger?> s_ofThisTest = new();

    private readonly ConcurrentQueue<LogLine> _lines = new();

    public CapturingLogger() => s_ofThisTest.Value = this;

    public IReadOnlyList<LogLine> Lines => [.. _lines];

    /// <summary>What was logged last in the test that asks; empty if it captures nothing.</summary>
    public static string OfThisTest()
    {
        if (s_ofThisTest.Value is not { } logger)
            return "";
        return $"\nLogged last, now is {TimeProvider.System.GetUtcNow():mm:ss.fff}:\n" + string.Join('\n', logger._lines.TakeLast(LinesToTell).Select(
            static line => $"  {line.At:mm:ss.fff} {line.Level} {line.Text}{(line.Exception is { } exception ? $" ({exception.GetType().Name}: {exception.Message})" : "")}"));
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue(new LogLine(logLevel, eventId.Name ?? "", formatter(state, exception), exception) { At = TimeProvider.System.GetUtcNow() });

    public void Clear() => _lines.Clear();
}
