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
}
