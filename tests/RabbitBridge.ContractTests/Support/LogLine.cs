using Microsoft.Extensions.Logging;

namespace RabbitBridge.ContractTests;

public sealed record LogLine(LogLevel Level, string Event, string Text, Exception? Exception)
{
    public DateTimeOffset At { get; init; }
}
