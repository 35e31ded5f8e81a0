namespace RabbitBridge.Gateway.Hosting;

/// <summary>The host's loggers, from which <see cref="StartFailure"/> takes what is told otherwise.</summary>
internal sealed class StartLoggerFactory(LoggerFactory inner, StartFailure failure) : ILoggerFactory
{
    public ILogger CreateLogger(string categoryName) => failure.Around(inner.CreateLogger(categoryName), categoryName);

    public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

    public void Dispose()
    {
        // The inner one is the container's to dispose of.
    }
}
