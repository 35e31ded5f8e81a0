using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace RabbitBridge.Gateway.IntegrationTests.Hosting;

/// <summary>What is wrong with the configuration of a gateway process is told before it does anything.</summary>
public sealed class ConfigurationTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("Gateway:Name=a.b", "Gateway:Name 'a.b': 1 to 64 letters, digits, '-' and '_' are allowed.")]
    [InlineData("Gateway:RequestTimeout=soon", "Gateway:RequestTimeout 'soon': a time such as 00:00:30")]
    [InlineData("Gateway:Nmae=a", "Gateway:Nmae 'a' is not known; did you mean Gateway:Name? The section Gateway has DrainTimeout,")]
    [InlineData("Remote:MaxRequests=0", "Remote:MaxRequests 0: at least 1.")]
    [InlineData("Remote:AllowedOrigins:0=example.com", "Remote:AllowedOrigins:0 'example.com': an origin such as https://app.example.com, or *.")]
    [InlineData("RabbitMq:Uri=http://broker", "RabbitMq:Uri 'http://broker/': amqp://user:password@host:port/vhost, or amqps for TLS.")]
    [InlineData("RabbitMq:Tls:CaFile=ca.pem", "RabbitMq:Tls:CaFile: it needs TLS, and Uri is an amqp address; only amqps://host:port/vhost is allowed with it.")]
    [InlineData("RabbitMq:Tls:CaFiel=ca.pem", "RabbitMq:Tls:CaFiel 'ca.pem' is not known; did you mean RabbitMq:Tls:CaFile? The section RabbitMq:Tls has AcceptAnyServer, CaFile,")]
    [InlineData("RabbitMq:Tls:External=perhaps", "RabbitMq:Tls:External 'perhaps': true or false.")]
    [InlineData("Fabric=Kafka", "Fabric 'Kafka': one of RabbitMq, InMemory.")]
    [InlineData("Security:Roles:A:Permissions:0=FLY", "FLY")]
    [InlineData("Projects:X:h:Htpp=a", "Projects:X:h:Htpp 'a' is not known; did you mean Projects:X:h:Http? The section Projects:X:h has Amqp, Http, Roles, Threading.")]
    [InlineData("Projects:X:h=a", "Projects:X:h 'a': a section; handlers are Projects:PROJECT:HANDLER with Http or Amqp.")]
    [InlineData("Projects:X:h:Roles:0=a", "Projects:X:h: it has neither Http nor Amqp; exactly one of them is allowed.")]
    [InlineData("Projects:X:h:Http:Url=service", "Projects:X:h:Http:Url 'service': an address such as https://service.example.com/messages.")]
    [InlineData("Services:s:Queue=q", "Services:s: It has no Path.")]
    [InlineData("Remote:KeepAlive=00:00:45", "Remote:KeepAlive 00:00:45: from 1 s to 15 s; clients take a connection for lost on which nothing has come for 30 s")]
    [InlineData("urls=nonsense", "urls 'nonsense': http://HOST:PORT")]
    [InlineData("Security:Nonsense=1", "Security:Nonsense '1' is not known. The section Security has AmqpUsers,")]
    [InlineData("Security=1", "Security '1' (command line): it is a section;")]
    [InlineData("RabbitMq:Uri=amqp://localhost/a/b", "RabbitMq:Uri 'amqp://localhost/a/b': '/a/b' is not one virtual host; a / in its name is written %2F")]
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
        Assert.Contains("RabbitMq:Tls:External True: neither Uri nor UserName", errors, StringComparison.Ordinal);
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
                "Services:e:Qeueu 'q' is not known. The section Services:e has ContentType, ErrorHeader, ErrorProperty, Exchange, Path, Queue, RoutingKey, TimeLimit, WaitForConsumers.",
                "Services:f:TimeLimit 'soon': a time such as 00:00:30",
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
                "Projects:X:b:Amqp:Key (not shown: it may hold a secret) is not known. The section Projects:X:b:Amqp has Exchange, Queue, RoutingKey.",
                "Projects:Y:c: it has both Http and Amqp; exactly one of them is allowed.",
            ],
            errors.Split('\n').Where(line => line.Length > 0).Select(line => line.Replace("The configuration is wrong: ", "", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_the_command_line_has_beside_settings_is_told_and_the_gateway_does_not_start_F3()
    {
        var (code, errors) = await RunAsync("--Fabric=InMemory", "--Securty:AnonymousSessions:Allowed=false", "--Foo", "bar", "stray", "--Gateway:Name");

        Assert.Equal(2, code);
        Assert.Collection(
            errors.Split('\n', StringSplitOptions.RemoveEmptyEntries),
            line => Assert.Contains("Securty:AnonymousSessions:Allowed 'false' (command line): there is no section Securty; did you mean Security:AnonymousSessions:Allowed? Allowed are Fabric, Gateway,", line, StringComparison.Ordinal),
            line => Assert.Contains("Foo 'bar' (command line): there is no such key. Allowed are Fabric,", line, StringComparison.Ordinal),
            line => Assert.Contains("'stray' (command line): it belongs to no key; settings are written --KEY VALUE", line, StringComparison.Ordinal),
            line => Assert.Contains("Gateway:Name (command line): it has no value;", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Mistakes_of_all_sections_and_sources_are_told_at_once_F6()
    {
        using var folder = new SettingsFolder("""{ "Remot": { "MaxRequests": 1 }, "Gateway": { "Name": "a.b" } }""");
        var (code, errors) = await RunInAsync(
            new() { ["ASPNETCORE_CONTENTROOT"] = folder.Path, ["Securty__Roles__A__Permissions__0"] = "VIEW_SESSION", ["OTHERS__Setting"] = "x" },
            "--Remote:MaxRequests=0", "--Security:Nonsense=1", "--Security:Jwt:ClockSkew=soon", "--urls=nonsense", "--Fabric=Kafka");

        Assert.Equal(2, code);
        var lines = errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(
            [
                "Remot (appsettings.json): there is no section Remot; did you mean Remote?",
                "Securty__Roles__A__Permissions__0 (environment): there is no section Securty; did you mean Security__Roles__A__Permissions__0?",
                "urls 'nonsense'", "Fabric 'Kafka'", "Gateway:Name 'a.b'", "Remote:MaxRequests 0", "Security:Nonsense '1'", "Security:Jwt:ClockSkew 'soon'",
            ],
            expected => Assert.Single(lines, line => line.Contains(expected, StringComparison.Ordinal)));
        Assert.Equal(8, lines.Length);
    }

    [Fact]
    public async Task A_file_that_is_no_json_is_told_in_one_line_F6()
    {
        using var folder = new SettingsFolder("{ \"Gateway\": ");

        var (code, errors) = await RunInAsync(new() { ["ASPNETCORE_CONTENTROOT"] = folder.Path });

        Assert.Equal(2, code);
        Assert.Contains("appsettings.json", Assert.Single(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_in_use_is_told_in_one_line_F6()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();

        var (code, errors) = await RunAsync("--Fabric=InMemory", $"--urls=http://{taken.LocalEndpoint}");

        Assert.Equal(2, code);
        var line = Assert.Single(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains($"urls 'http://{taken.LocalEndpoint}/': the gateway cannot listen: ", line, StringComparison.Ordinal);
        Assert.Contains("address already in use", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broker_that_cannot_be_reached_is_told_with_address_and_cause_and_without_the_password_F6_S22()
    {
        var (code, errors) = await RunAsync("--RabbitMq:Uri=amqp://user:topsecret@no-such-host.invalid/", "--Gateway:StartTimeout=00:00:03");

        Assert.Equal(3, code);
        Assert.Contains("no-such-host.invalid:5672: ", Assert.Single(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("RabbitMq:Uri=amqp://user:topsecret@host:port/")]
    [InlineData("RabbitMq:Uri=amqp://user:top/secret@host/")]
    [InlineData("RabbitMq:Uri=user:topsecret@host")]
    [InlineData("RabbitMq:Uri=amqp://user:a:topsecret@host/")]
    [InlineData("RabitMq:Uri=amqp://user:topsecret@host/")]
    [InlineData("Securty:Jwt:SigningKeys:0=topsecret")]
    [InlineData("RabbitMq:Tls:Pasword=topsecret")]
    [InlineData("Projects:X:a:Http:Url=htp://user:topsecret@host")]
    [InlineData("Gateway:Name=amqp://user:topsecret@host/")]
    public async Task No_secret_of_a_wrong_setting_is_told_S22(string setting)
    {
        var (code, errors) = await RunAsync($"--{setting}");

        Assert.Equal(2, code);
        Assert.Contains("The configuration is wrong: ", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("secret@", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("topsecret", errors, StringComparison.Ordinal);
    }

    private static Task<(int Code, string Errors)> RunAsync(params string[] settings) => RunInAsync([], settings);

    private static async Task<(int Code, string Errors)> RunInAsync(Dictionary<string, string> environment, params string[] settings)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            ArgumentList = { Path.Combine(AppContext.BaseDirectory, "RabbitBridge.Gateway.dll"), "--urls=http://127.0.0.1:0" },
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        foreach (var setting in settings)
            start.ArgumentList.Add(setting);
        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync();
            var errors = await process.StandardError.ReadToEndAsync().WaitAsync(Limit);
            var logged = await output.WaitAsync(Limit);
            await process.WaitForExitAsync().WaitAsync(Limit);
            // Whatever is wrong, in log and errors alike.
            Assert.DoesNotContain("   at ", logged + errors, StringComparison.Ordinal);
            Assert.DoesNotContain("topsecret", logged, StringComparison.Ordinal);
            return (process.ExitCode, errors);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }
}
