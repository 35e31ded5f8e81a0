namespace RabbitBridge.UnitTests.Sessions;

public sealed class SessionPropertiesTests : IAsyncLifetime
{
    private readonly IGateway _gateway = InMemoryGateway.Create(new GatewayOptions { Name = "here" });

    public Task InitializeAsync() => _gateway.StartAsync();

    public Task DisposeAsync() => _gateway.StopAsync();

    [Fact]
    public void A_session_has_the_fixed_properties_and_its_own()
    {
        var session = _gateway.OpenSession(new SessionOptions
        {
            Principal = "alice",
            Roles = ["b", "a", "b", "with \"quote\""],
            Properties = new Dictionary<string, string> { ["Floor"] = "3" },
        });

        Assert.Equal("alice", session.Principal);
        Assert.Equal("alice", session.Properties[SessionProperty.Principal]);
        Assert.Equal("\"a\",\"b\",\"with \\\"quote\\\"\"", session.Properties[SessionProperty.Roles]);
        Assert.Equal("here", session.Properties[SessionProperty.ServerName]);
        Assert.Equal(session.Id.ToString(), session.Properties[SessionProperty.SessionIdentifier]);
        Assert.Equal("3", session.Properties["Floor"]);
        Assert.Equal(_gateway.Instance, session.Id.Gateway);
    }

    [Theory]
    [InlineData("")]
    [InlineData("$Principal")]
    [InlineData("*F")]
    [InlineData("a b")]
    [InlineData("a\tb")]
    [InlineData("a\"b")]
    [InlineData("a'b")]
    [InlineData("a(b")]
    [InlineData("a)b")]
    [InlineData("a[")]
    [InlineData("a]")]
    [InlineData("a{")]
    [InlineData("a}")]
    [InlineData("a,b")]
    [InlineData("a\u00a0b")]
    public void Keys_that_a_filter_could_not_name_are_refused(string key)
    {
        Assert.Throws<ArgumentException>(() => _gateway.OpenSession(new SessionOptions { Properties = new Dictionary<string, string> { [key] = "" } }));
        Assert.Equal(0, _gateway.SessionCount);
    }

    [Theory]
    [InlineData(255, 4096, 128, true)]
    [InlineData(256, 1, 1, false)]
    [InlineData(3, 4097, 1, false)]
    [InlineData(3, 1, 129, false)]
    public void Sizes_are_limited_in_UTF8_S12(int keyBytes, int valueBytes, int count, bool isAllowed)
    {
        // Two bytes each, so that characters are not what is counted.
        var properties = Enumerable.Range(0, count).ToDictionary(i => Utf8OfBytes(i, keyBytes), _ => Utf8OfBytes(0, valueBytes));

        void Open() => _gateway.OpenSession(new SessionOptions { Properties = properties });

        if (isAllowed)
            Open();
        else
            Assert.Throws<ArgumentException>(Open);
        Assert.Equal(isAllowed ? 1 : 0, _gateway.SessionCount);
    }

    [Theory]
    [InlineData(4096, true)]
    [InlineData(4097, false)]
    [InlineData(1_000_000, false)]
    public void So_are_those_of_principal_project_and_host_S12(int bytes, bool isAllowed)
    {
        var text = Utf8OfBytes(0, bytes);
        foreach (var options in new[] { new SessionOptions { Principal = text }, new SessionOptions { Project = text }, new SessionOptions { HostName = text } })
        {
            if (isAllowed)
                _gateway.OpenSession(options);
            else
                Assert.Throws<ArgumentException>(() => _gateway.OpenSession(options));
        }
    }

    private static string Utf8OfBytes(int number, int bytes)
    {
        var digits = bytes >= 3 ? $"{number:000}" : "x";
        var rest = bytes - digits.Length;
        return digits + new string('x', rest % 2) + new string('\u00e4', rest / 2);
    }
}
