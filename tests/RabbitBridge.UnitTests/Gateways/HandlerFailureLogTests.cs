using Microsoft.Extensions.Logging;
using RabbitBridge.ContractTests;

namespace RabbitBridge.UnitTests.Gateways;

/// <summary>What the sender is not told is in the log of the handler's gateway.</summary>
public sealed class HandlerFailureLogTests : IAsyncLifetime
{
    private readonly CapturingLogger _log = new();
    private IGateway _gateway = null!;
    private ISession _session = null!;

    public async Task InitializeAsync()
    {
        _gateway = InMemoryGateway.Create(new GatewayOptions { Name = "a" }, logger: _log);
        await _gateway.StartAsync();
        _session = _gateway.OpenSession();
    }

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Fact]
    public async Task A_handler_that_throws_is_logged_with_its_exception()
    {
        await _session.Messages.AddRequestHandlerAsync<string, string>("a", (_, _, _) => throw new FormatException("the details"));

        await Assert.ThrowsAsync<CallbackException>(() => _session.AskAsync("a/b"));

        var line = Assert.Single(_log.Lines, line => line.Level == LogLevel.Error);
        Assert.IsType<FormatException>(line.Exception);
        Assert.Contains("a/b", line.Text, StringComparison.Ordinal);
        Assert.Contains(_session.Id.ToString(), line.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_answer_is_logged_where_nobody_else_sees_it()
    {
        await _session.Messages.AddRequestHandlerAsync("a", new RespondingHandler<string, string>((_, responder) =>
        {
            responder.Respond("first");
            responder.Respond("second");
        }));

        Assert.Equal("first", await _session.AskAsync("a"));

        await Eventually.TrueAsync(() => _log.Lines.Any(line => line.Exception is InvalidOperationException), "the mistake is logged");
    }

    [Fact]
    public async Task A_rejection_is_no_failure()
    {
        await _session.Messages.AddRequestHandlerAsync<string, string>("a", (_, _, _) => throw new RejectedRequestException("no"));

        await Assert.ThrowsAsync<RejectedRequestException>(() => _session.AskAsync("a"));

        Assert.DoesNotContain(_log.Lines, line => line.Level >= LogLevel.Warning);
    }
}
