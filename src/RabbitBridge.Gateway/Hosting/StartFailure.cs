namespace RabbitBridge.Gateway.Hosting;

/// <summary>
/// Keeps the host and the web server from logging a failed start, which they do with stack traces, each of them: the process tells the reason in a
/// line of its own. Once it has started they log as ever.
/// </summary>
internal sealed class StartFailure
{
    private const string Host = "Microsoft.Extensions.Hosting.Internal.Host";
    private const string WebServer = "Microsoft.AspNetCore.Server.Kestrel";

    private volatile bool _isOver;
    private Exception? _ofWebServer;

    /// <summary>Why the web server could not start; <see langword="null"/> if it was not the web server.</summary>
    public Exception? OfWebServer => Volatile.Read(ref _ofWebServer);

    public void Started() => _isOver = true;

    public ILogger Around(ILogger logger, string category) => category is Host or WebServer ? new Logger(this, logger, category) : logger;

    private bool Takes(LogLevel level, Exception? exception, string category)
    {
        if (_isOver || exception is null || level < LogLevel.Error)
            return false;
        if (category == WebServer)
            Volatile.Write(ref _ofWebServer, exception);
        return true;
    }

    private sealed class Logger(StartFailure failure, ILogger inner, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!failure.Takes(logLevel, exception, category))
                inner.Log(logLevel, eventId, state, exception, formatter);
        }
    }
}
