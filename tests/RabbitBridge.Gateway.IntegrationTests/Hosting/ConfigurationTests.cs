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
    [InlineData("RabbitMq:Tls:CaFile=ca.pem", "RabbitMq:Tls:CaFile: it needs TLS, and Uri is an amqp address; only amqps://host:port/vhost is allowed with it.")]
    [InlineData("RabbitMq:Tls:CaFiel=ca.pem", "RabbitMq:Tls:CaFiel is not known; the section RabbitMq:Tls has AcceptAnyServer, CaFile,")]
    [InlineData("RabbitMq:Tls:External=perhaps", "'perhaps' at 'RabbitMq:Tls:External'")]
    [InlineData("Fabric=Kafka", "Fabric 'Kafka': one of RabbitMq, InMemory.")]
    [InlineData("Security:Roles:A:Permissions:0=FLY", "FLY")]
    [InlineData("Projects:X:h:Htpp=a", "Projects:X:h:Htpp is not known; the section Projects:X:h has Amqp, Http, Roles, Threading.")]
    [InlineData("Projects:X:h=a", "Projects:X:h 'a': a section; handlers are Projects:PROJECT:HANDLER with Http or Amqp.")]
    [InlineData("Projects:X:h:Roles:0=a", "Projects:X:h: it has neither Http nor Amqp; exactly one of them is allowed.")]
    [InlineData("Projects:X:h:Http:Url=service", "Projects:X:h:Http:Url 'service': an address such as https://service.example.com/messages.")]
    [InlineData("Services:s:Queue=q", "Services:s: It has no Path.")]
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

    [Fact]
    public async Task Every_mistake_about_tls_is_told_at_once()
    {
        var (code, errors) = await RunAsync(
            "--RabbitMq:Uri=amqps://broker.test", "--RabbitMq:Tls:CaFile=no-such.pem", "--RabbitMq:Tls:KeyFile=no-such.key", "--RabbitMq:Tls:External=true");

        Assert.Equal(2, code);
        Assert.Contains("RabbitMq:Tls:CaFile 'no-such.pem': there is no such file", errors, StringComparison.Ordinal);
        Assert.Contains("RabbitMq:Tls:CertificateFile: it is needed with Tls:KeyFile.", errors, StringComparison.Ordinal);
        Assert.Contains("RabbitMq:Tls:External True: Uri names no user", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_mistake_about_services_is_told_at_once()
    {
        var (code, errors) = await RunAsync(
            "--Fabric=InMemory", "--Services:a:Path=a//b", "--Services:a:Queue=q", "--Services:b:Path=b", "--Services:b:Queue=q", "--Services:b:Exchange=e", "--Services:c:Path=c", "--Services:c:Queue=q",
            "--Services:d:Path=c", "--Services:d:Queue=other", "--Services:e:Path=e", "--Services:e:Queue=q", "--Services:e:Qeueu=q", "--Services:f:Path=f", "--Services:f:Queue=q",
            "--Services:f:TimeLimit=soon", "--Services:g:Path=g", "--Services:g:Queue=q", "--Services:g:TimeLimit=00:00:00");

        Assert.Equal(2, code);
        Assert.All(
            [
                "Services: services need a broker, and Fabric is InMemory; only RabbitMq is allowed with them.",
                "Services:a: ", "a//b",
                "Services:b: A service has either a Queue or an Exchange, and it is not empty.",
                "Services:d: There is a service on 'c' already.",
                "Services:e:Qeueu is not known; a service has ContentType, ErrorHeader, ErrorProperty, Exchange, Path, Queue, RoutingKey, TimeLimit.",
                "Services:f: ", "'soon' at 'Services:f:TimeLimit'",
                "Services:g: The TimeLimit 00:00:00 of a service is from 1 ms to 24 days.",
            ],
            expected => Assert.Contains(expected, errors, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_mistake_about_projects_is_told_at_once()
    {
        var (code, errors) = await RunAsync(
            "--Fabric=InMemory",
            "--Projects:X:a:Http:Url=http://user:secret@service", "--Projects:X:a:Http:TimeLimit=soon", "--Projects:X:a:Threading=2", "--Projects:X:a:Roles=Sales",
            "--Projects:X:b:Amqp:Queue=q", "--Projects:X:b:Amqp:Exchange=e", "--Projects:X:b:Amqp:Key=k",
            "--Projects:Y:c:Amqp:Queue=q", "--Projects:Y:c:Http:Url=http://service");

        Assert.Equal(2, code);
        Assert.Equal(
            [
                "Projects:X:a:Http:TimeLimit 'soon': from 00:00:00.001 to 01:00:00.",
                "Projects:X:a:Http:Url: it has a user or password, which would not be sent; an address without them is allowed.",
                "Projects:X:a:Roles 'Sales': a list, such as Projects:X:a:Roles:0.",
                "Projects:X:a:Threading '2': one of Shared, Dedicated.",
                "Projects:X:b:Amqp: either Exchange, with a RoutingKey or without, or Queue alone is allowed, and neither is empty.",
                "Projects:X:b:Amqp: it needs a broker, and Fabric is InMemory; only RabbitMq is allowed with it.",
                "Projects:X:b:Amqp:Key is not known; the section Projects:X:b:Amqp has Exchange, Queue, RoutingKey.",
                "Projects:Y:c: it has both Http and Amqp; exactly one of them is allowed.",
            ],
            errors.Split('\n').Where(line => line.Length > 0).Select(line => line.Replace("The configuration is wrong: ", "", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
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
