using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RabbitBridge.ContractTests;
using RabbitBridge.Security;

namespace RabbitBridge.UnitTests.Security;

/// <summary>The settings from a configuration, and as they change.</summary>
public sealed class SecurityConfigurationTests : IDisposable
{
    private const string Json = """
        {
          "Security": {
            "Roles": {
              "CLIENT": { "DefaultPathPermissions": ["SEND_TO_MESSAGE_HANDLER"], "Paths": { "shop/closed": [], "shop": ["SEND_TO_SESSION"] } },
              "NOBODY": { "Includes": [], "Permissions": [], "DefaultPathPermissions": [], "Paths": {} },
              "ADMIN": { "Includes": ["CLIENT"], "Permissions": ["VIEW_SESSION"] }
            },
            "IsolatedPaths": ["private"],
            "AnonymousSessions": { "Allowed": true, "Roles": ["CLIENT"] },
            "TrustedProperties": { "Department": { "Values": ["Accounts"] } },
            "Jwt": { "ClockSkew": "00:00:30" },
            "AmqpUsers": { "gw": ["GATEWAY"] }
          }
        }
        """;

    private readonly CapturingLogger _log = new();
    private readonly ConfigurationManager _configuration = new();

    public void Dispose() => _configuration.Dispose();

    [Fact]
    public async Task Every_setting_comes_from_a_configuration()
    {
        _configuration.AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(Json)));
        await using var services = Build();
        var model = services.GetRequiredService<SecurityState>().Model;

        Assert.True(Allowed(model, "CLIENT", Permission.SendToMessageHandler, "x"));
        Assert.True(Allowed(model, "CLIENT", Permission.SendToSession, "shop/x"));
        Assert.False(Allowed(model, "CLIENT", Permission.SendToMessageHandler, "shop/x"));
        Assert.False(Allowed(model, "CLIENT", Permission.SendToSession, "shop/closed/x"));
        Assert.False(Allowed(model, "CLIENT", Permission.SendToMessageHandler, "private/x"));
        Assert.True(Allowed(model, "ADMIN", Permission.ViewSession, "/"));
        Assert.True(Allowed(model, "ADMIN", Permission.SendToSession, "shop/x"));
        Assert.True(model.AllowsAnonymous);
        Assert.Equal(["CLIENT"], model.AnonymousRoles);
        Assert.True(model.TrustedProperties["Department"].Accepts("Accounts"));
        Assert.Equal(TimeSpan.FromSeconds(30), model.Jwt.ClockSkew);
        Assert.Equal((true, false), (model.IsGateway("gw"), model.IsGateway("x")));
    }

    [Fact]
    public async Task An_assignment_of_nothing_can_be_written_as_an_empty_value()
    {
        // As an environment variable or an argument has it, where there are no lists.
        Set("Security:Roles:A:DefaultPathPermissions:0", "SEND_TO_SESSION");
        Set("Security:Roles:A:Paths:shop/closed", "");
        await using var services = Build();
        var model = services.GetRequiredService<SecurityState>().Model;

        Assert.True(Allowed(model, "A", Permission.SendToSession, "shop"));
        Assert.False(Allowed(model, "A", Permission.SendToSession, "shop/closed"));
    }

    [Theory]
    [InlineData("Security:Roles:A:Permissions:0", "X", "Security:Roles:A:Permissions:0: 'X'")]
    [InlineData("Security:AnonymousSessions:Allowed", "perhaps", "Security:AnonymousSessions:Allowed")]
    [InlineData("Security:Rolls:A", "x", "Rolls")]
    [InlineData("Security:Roles:A:Permision:0", "VIEW_SESSION", "Permision")]
    public async Task A_mistake_is_found_when_the_host_starts(string key, string value, string told)
    {
        Set(key, value);
        await using var services = Build();

        var error = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IStartupValidator>().Validate());

        Assert.Contains(told, Assert.Single(error.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_holds_at_once_for_sessions_that_are_open()
    {
        Set("Security:Roles:A:Permissions:0", "VIEW_SESSION");
        await using var services = Build();
        var authorizer = services.GetRequiredService<IAuthorizer>();
        var session = new FakeSession("\"A\"");
        Assert.True(authorizer.IsPermitted(session, Permission.ViewSession, MessagePath.Root));

        Set("Security:Roles:A:Permissions:0", "MODIFY_SESSION");
        Reload();

        Assert.False(authorizer.IsPermitted(session, Permission.ViewSession, MessagePath.Root));
        Assert.True(authorizer.IsPermitted(session, Permission.ModifySession, MessagePath.Root));
        Assert.Contains(_log.Lines, line => line.Event == "SecurityReloaded");
    }

    [Theory]
    [InlineData("Security:Roles:A:Permissions:0", "X", "'X' is no permission")]
    [InlineData("Security:AnonymousSessions:Allowed", "perhaps", "AnonymousSessions:Allowed")]
    [InlineData("Security:Rolls", "x", "Rolls")]
    public async Task A_change_with_a_mistake_is_logged_and_changes_nothing(string key, string value, string told)
    {
        Set("Security:Roles:A:Permissions:0", "VIEW_SESSION");
        await using var services = Build();
        services.GetRequiredService<IStartupValidator>().Validate();
        var authorizer = services.GetRequiredService<IAuthorizer>();

        Set(key, value);
        Reload();

        var line = Assert.Single(_log.Lines, line => line.Event == "SecurityNotReloaded");
        Assert.Equal(LogLevel.Error, line.Level);
        Assert.Contains(told, line.Text, StringComparison.Ordinal);
        Assert.True(authorizer.IsPermitted(new FakeSession("\"A\""), Permission.ViewSession, MessagePath.Root));

        Set(key, key.EndsWith("Allowed", StringComparison.Ordinal) ? "true" : "MODIFY_SESSION");
        if (key == "Security:Rolls")
            return;
        Reload();
        Assert.Single(_log.Lines, line => line.Event == "SecurityReloaded");
    }

    [Fact]
    public async Task The_roles_decide_in_the_gateway_of_a_host_whatever_is_added_first()
    {
        Set("Security:Roles:A:Permissions:0", "VIEW_SESSION");
        foreach (var securityFirst in new[] { true, false })
        {
            var services = new ServiceCollection();
            if (securityFirst)
                services.AddRabbitBridgeSecurity(_configuration.GetSection("Security"));
            services.AddRabbitBridge();
            if (!securityFirst)
                services.AddRabbitBridgeSecurity(_configuration.GetSection("Security"));
            await using var provider = services.BuildServiceProvider();
            var gateway = provider.GetRequiredService<IGateway>();
            await gateway.StartAsync();

            var error = await Assert.ThrowsAsync<AccessDeniedException>(() => gateway.OpenSession().AskAsync("a"));
            Assert.Contains("SEND_TO_MESSAGE_HANDLER on 'a'", error.Message, StringComparison.Ordinal);
        }
    }

    private static bool Allowed(SecurityModel model, string role, Permission permission, string path) =>
        model.IsPermitted($"\"{role}\"", permission, MessagePath.Parse(path));

    private void Set(string key, string value) => _configuration[key] = value;

    private void Reload() => ((IConfigurationRoot)_configuration).Reload();

    private ServiceProvider Build() => new ServiceCollection()
        .AddSingleton<ILogger<IAuthenticator>>(new TypedLogger<IAuthenticator>(_log))
        .AddRabbitBridgeSecurity(_configuration.GetSection(SecurityOptions.SectionName))
        .BuildServiceProvider();
}
