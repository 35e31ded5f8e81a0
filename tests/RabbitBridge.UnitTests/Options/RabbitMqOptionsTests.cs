using Microsoft.Extensions.Options;

namespace RabbitBridge.UnitTests.Options;

public sealed class RabbitMqOptionsTests
{
    public static TheoryData<Action<RabbitMqOptions>, string, string> Mistakes() => new()
    {
        { options => options.Uri = null!, "Uri", "amqp://" },
        { options => options.Uri = new Uri("http://localhost"), "Uri", "amqps" },
        { options => options.Uri = new Uri("relative", UriKind.Relative), "Uri", "amqp://" },
        { options => options.Uri = new Uri("amqp://localhost/a/b"), "Uri 'amqp://localhost/a/b'", "%2F" },
        { options => options.Uri = new Uri("amqp://user:a:b@localhost"), "Uri", "%3A" },
        { options => options.Hosts.Add("a b"), "Hosts 'a b'", "host:port" },
        { options => options.Hosts.Add("node:0"), "Hosts 'node:0'", "host:port" },
        { options => options.Hosts.Add("amqp://node"), "Hosts", "host:port" },
        { options => options.UserName = "u", "Password", "one of Uri's password, Password and PasswordFile" },
        { options => options.Password = "p", "UserName", "one of Uri's user, UserName and UserNameFile" },
        { options => (options.Uri, options.UserName) = (new Uri("amqp://u:p@localhost"), "u"), "UserName", "Uri's user is there too" },
        { options => (options.Uri, options.Password) = (new Uri("amqp://u:p@localhost"), "p"), "Password", "Uri's password is there too; one way" },
        { options => (options.UserName, options.PasswordFile) = ("u", "/no/such/file"), "PasswordFile '/no/such/file'", "cannot be read" },
        { options => (options.UserNameFile, options.Password) = ("/", "p"), "UserNameFile '/'", "cannot be read" },
        { options => (options.UserName, options.Password) = ("", "p"), "UserName", "empty" },
        { options => options.Prefix = "", "Prefix", "1 to 32" },
        { options => options.Prefix = null!, "Prefix", "1 to 32" },
        { options => options.Prefix = "rb1.x", "Prefix", "letters, digits" },
        { options => options.Prefix = new string('x', 33), "Prefix", "1 to 32" },
        { options => options.Prefix = "rb1\n", "Prefix", "letters, digits" },
        { options => options.HandlerQueueType = (HandlerQueueType)9, "HandlerQueueType", "Classic, Quorum" },
        { options => options.HandlerQueueMaxLength = 0, "HandlerQueueMaxLength", "from 1" },
        { options => options.HandlerPrefetch = 0, "HandlerPrefetch", "65535" },
        { options => options.MaxUnsentBytes = 1024, "MaxUnsentBytes", "1048576" },
        { options => options.InboxMaxBytes = 1024, "InboxMaxBytes", "1048576" },
        { options => options.FramesInFlight = 0, "FramesInFlight", "1000" },
        { options => options.FramesInFlight = 1001, "FramesInFlight", "1000" },
        { options => options.Heartbeat = TimeSpan.Zero, "Heartbeat", "00:00:01" },
        { options => options.OperationTimeout = TimeSpan.FromMinutes(2), "OperationTimeout", "00:01:00" },
        { options => options.MaxReconnectDelay = TimeSpan.Zero, "MaxReconnectDelay", "00:00:00.05" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_mistake_is_named_with_what_is_allowed(Action<RabbitMqOptions> mistake, string key, string allowed)
    {
        var options = new RabbitMqOptions();
        mistake(options);

        var error = Assert.Throws<OptionsValidationException>(() => RabbitMqGateway.Create(broker: options));

        var failure = Assert.Single(error.Failures);
        Assert.StartsWith(key, failure, StringComparison.Ordinal);
        Assert.Contains(allowed, failure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://user:topsecret@localhost")]
    [InlineData("user:topsecret@localhost")]
    [InlineData("amqp://user:1/topsecret@localhost")]
    [InlineData("amqp://user:1#topsecret@localhost")]
    [InlineData("amqp://user:a:topsecret@localhost")]
    [InlineData("amqp://user:topsecret@localhost/a/b")]
    public void A_password_is_not_told_S22(string uri)
    {
        var error = Assert.Throws<OptionsValidationException>(
            () => RabbitMqGateway.Create(broker: new RabbitMqOptions { Uri = new Uri(uri, UriKind.RelativeOrAbsolute) }));

        Assert.DoesNotContain("topsecret", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("amqp://user:password@host:5672/vhost")]
    [InlineData("amqps://host")]
    [InlineData("amqp://user:p%40%2Fs@host/a%2Fb")]
    public async Task Brokers_with_and_without_tls_are_allowed(string uri)
    {
        await using var gateway = RabbitMqGateway.Create(broker: new RabbitMqOptions { Uri = new Uri(uri), Prefix = "a-Z_9" });

        Assert.False(gateway.IsConnected);
    }
}
