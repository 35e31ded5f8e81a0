using System.Diagnostics;

namespace RabbitBridge.Gateway.IntegrationTests.Hosting;

/// <summary>What is wrong with the configuration of a gateway process is told before it does anything.</summary>
public sealed class ConfigurationTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("Gateway:Name=a.b", "Gateway:Name 'a.b': 1 to 64 letters, digits, '-' and '_' are allowed.")]
    [InlineData("Gateway:RequestTimeout=soon", "'soon' at 'Gateway:RequestTimeout'")]
    [InlineData("Gateway:Nmae=a", "Gateway:Nmae is not known; the section Gateway has DrainTimeout,")]
    [InlineData("Remote:MaxRequests=0", "Remote:MaxRequests 0: at least 1.")]
    [InlineData("Remote:AllowedOrigins:0=example.com", "Remote:AllowedOrigins:0 'example.com': an origin such as https://app.example.com, or *.")]
    [InlineData("RabbitMq:Uri=http://broker", "RabbitMq:Uri 'http://broker/': amqp://user:password@host:port/vhost, or amqps for TLS.")]
    [InlineData("Fabric=Kafka", "Fabric 'Kafka': one of RabbitMq, InMemory.")]
    [InlineData("Security:Roles:A:Permissions:0=FLY", "FLY")]
    public async Task A_mistake_is_told_with_its_key_and_what_is_allowed(string setting, string message)
    {
        var (code, errors) = await RunAsync($"--{setting}");

        Assert.Equal(2, code);
        Assert.Contains(message, errors, StringComparison.Ordinal);
        Assert.Contains("The configuration is wrong: ", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_mistake_of_a_section_is_told_at_once()
    {
        var (_, errors) = await RunAsync("--Remote:MaxRequests=0", "--Remote:MaxQueueBytes=1", "--Remote:KeepAlive=00:00:00");

        Assert.Contains("Remote:MaxRequests", errors, StringComparison.Ordinal);
        Assert.Contains("Remote:MaxQueueBytes", errors, StringComparison.Ordinal);
        Assert.Contains("Remote:KeepAlive", errors, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Errors)> RunAsync(params string[] settings)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            ArgumentList = { Path.Combine(AppContext.BaseDirectory, "RabbitBridge.Gateway.dll"), "--urls=http://127.0.0.1:0" },
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        foreach (var setting in settings)
            start.ArgumentList.Add(setting);
        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync();
            var errors = await process.StandardError.ReadToEndAsync().WaitAsync(Limit);
            await output.WaitAsync(Limit);
            await process.WaitForExitAsync().WaitAsync(Limit);
            return (process.ExitCode, errors);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }
}
