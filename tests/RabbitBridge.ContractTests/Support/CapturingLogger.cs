using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace RabbitBridge.ContractTests;

/// <summary>Keeps what is logged.</summary>
public sealed class CapturingLogger : ILogger
{
    private readonly ConcurrentQueue<LogLine> _lines = new();

    public IReadOnlyList<LogLine> Lines => [.. _lines];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue(new LogLine(logLevel, eventId.Name ?? "", formatter(state, exception), exception));

    public void Clear() => _lines.Clear();
}
