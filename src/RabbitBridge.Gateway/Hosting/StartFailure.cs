namespace RabbitBridge.Gateway.Hosting;

/// <summary>
/// Keeps the host from logging a failed start, which it does with the stack trace: the process tells the reason in a line of its own. Once it has
/// started the host logs as ever.
/// </summary>
internal sealed class StartFailure
{
    private const string Host = "Microsoft.Extensions.Hosting.Internal.Host";

    private volatile bool _isOver;

    public void Started() => _isOver = true;

    public ILogger Around(ILogger logger, string category) => category == Host ? new Logger(this, logger) : logger;

    private sealed class Logger(StartFailure failure, ILogger inner) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (failure._isOver || exception is null || logLevel < LogLevel.Error)
                inner.Log(logLevel, eventId, state, exception, formatter);
        }
    }
}
