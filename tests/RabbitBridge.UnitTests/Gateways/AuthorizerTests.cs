using System.Collections.Concurrent;
using RabbitBridge.ContractTests;

namespace RabbitBridge.UnitTests.Gateways;

/// <summary>The seam for permissions: what is asked for what.</summary>
public sealed class AuthorizerTests
{
    [Fact]
    public async Task Each_operation_asks_for_its_permission_and_is_refused_without_it()
    {
        var authorizer = new RefusingAuthorizer();
        await using var gateway = InMemoryGateway.Create(new GatewayOptions { Name = "a" }, authorizer: authorizer);
        await gateway.StartAsync();
        var session = gateway.OpenSession();

        await Assert.ThrowsAsync<AccessDeniedException>(() => session.AskAsync("a/b"));
        await Assert.ThrowsAsync<AccessDeniedException>(() => session.AskAsync(session.Id, "a/b"));
        await Assert.ThrowsAsync<AccessDeniedException>(() => session.AnswerAsync("a", ""));
        authorizer.Allowed.Add(Permission.RegisterHandler);
        await Assert.ThrowsAsync<AccessDeniedException>(() => session.Messages.AddRequestHandlerAsync<string, string>(
            "a", (_, _, _) => new(""), new RequestHandlerOptions { SessionProperties = [SessionProperty.AllUser] }));
        await session.AnswerAsync("a", "");

        Assert.Equal(
            [
                (Permission.SendToMessageHandler, "a/b"), (Permission.SendToSession, "a/b"), (Permission.RegisterHandler, "/"),
                (Permission.RegisterHandler, "/"), (Permission.ViewSession, "/"), (Permission.RegisterHandler, "/"),
            ],
            authorizer.Asked);
        Assert.Equal(0, gateway.PendingRequests);
    }

    private sealed class RefusingAuthorizer : IAuthorizer
    {
        public ConcurrentBag<Permission> Allowed { get; } = [];

        public ConcurrentQueue<(Permission Permission, string Path)> Asked { get; } = new();

        public bool IsPermitted(ISession session, Permission permission, MessagePath path)
        {
            Asked.Enqueue((permission, path.ToString()));
            return Allowed.Contains(permission);
        }
    }

    [Fact]
    public async Task An_authorizer_that_throws_permits_nothing_and_is_logged_S35()
    {
        var log = new CapturingLogger();
        await using var gateway = InMemoryGateway.Create(new GatewayOptions { Name = "a" }, authorizer: new ThrowingAuthorizer(), logger: log);
        await gateway.StartAsync();
        var session = gateway.OpenSession();

        await Assert.ThrowsAsync<AccessDeniedException>(() => session.AskAsync("a/b"));

        Assert.Contains(log.Lines, line => line.Event == "AuthorizerFailed" && line.Exception is InvalidOperationException);
    }

    private sealed class ThrowingAuthorizer : IAuthorizer
    {
        public bool IsPermitted(ISession session, Permission permission, MessagePath path) => throw new InvalidOperationException("thrown by a test");
    }
}
