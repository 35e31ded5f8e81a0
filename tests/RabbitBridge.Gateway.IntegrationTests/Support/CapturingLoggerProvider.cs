using Microsoft.Extensions.Logging;
using RabbitBridge.ContractTests;

namespace RabbitBridge.Gateway.IntegrationTests;

/// <summary>Gives all categories the same logger.</summary>
internal sealed class CapturingLoggerProvider(CapturingLogger log) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => log;

    public void Dispose()
    {
    }
}
