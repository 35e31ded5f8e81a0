using System.Net;
using System.Net.Sockets;
using RabbitBridge.ContractTests;

namespace RabbitBridge.Gateway.IntegrationTests.Remote;

/// <summary>F12: what can never become a gateway's address is told at once, and what may is tried again.</summary>
public sealed class WrongAddressTests : IAsyncLifetime
{
    // Whoever tried again would do so for longer than a test may take.
    private static readonly TimeSpan ForEver = TimeSpan.FromHours(1);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    // A label of more than 63 letters: no name server need be asked.
    private static readonly string NoHost = $"http://{new string('a', 64)}.invalid/";

    private readonly RemoteGateway _gateway = Gateway();

    public Task InitializeAsync() => _gateway.StartAsync();

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Fact]
    public async Task A_server_without_a_gateway_is_told_at_once_F12()
    {
        var error = await RefusedAsync(new Uri(_gateway.Address, "elsewhere"));

        Assert.Contains($"There is no gateway at {_gateway.Address}elsewhere: the server answers 404 (NotFound).", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_name_that_is_not_known_is_told_at_once_F12() =>
        Assert.Contains("is not known", await RefusedAsync(new Uri(NoHost)), StringComparison.Ordinal);

    [Fact]
    public async Task A_port_that_speaks_another_protocol_is_told_at_once_F12()
    {
        using var stop = new CancellationTokenSource();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = GreetAsync(listener, stop.Token);

        Assert.Contains("There is no gateway at", await RefusedAsync(new Uri($"http://{listener.LocalEndpoint}")), StringComparison.Ordinal);

        await stop.CancelAsync();
        await serving;
    }

    [Fact]
    public async Task Of_several_wrong_addresses_each_is_told_F12()
    {
        var error = await RefusedAsync(new Uri(_gateway.Address, "elsewhere"), new Uri(NoHost));

        Assert.Contains("404", error, StringComparison.Ordinal);
        Assert.Contains("is not known", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_address_does_not_keep_from_a_right_one_F12()
    {
        await using var session = await RabbitBridgeClient.ConnectAsync(new ClientOptions { Addresses = [new Uri(_gateway.Address, "elsewhere"), _gateway.Address] });

        Assert.Equal("a", session.Gateway);
    }

    [Fact]
    public async Task A_connection_that_is_refused_is_tried_until_the_gateway_is_there_F12()
    {
        var proxy = new CutProxy(_gateway.Address);
        await using var _ = proxy;
        proxy.Cut();
        var log = new CapturingLogger();
        using var loggers = new Microsoft.Extensions.Logging.LoggerFactory([new CapturingLoggerProvider(log)]);

        // A wrong address beside it is no reason to give up.
        var connecting = RabbitBridgeClient.ConnectAsync(new ClientOptions
        {
            Addresses = [proxy.Address, new Uri(_gateway.Address, "elsewhere")],
            ConnectTimeout = ForEver,
            LoggerFactory = loggers,
        });
        await Eventually.TrueAsync(() => log.Lines.Count(line => line.Event == "AttemptFailed") >= 6, "all addresses have been tried several times");
        Assert.False(connecting.IsCompleted);
        proxy.Mend();

        await using var session = await connecting.WaitAsync(Limit);
        Assert.Equal("a", session.Gateway);
    }

    [Fact]
    public async Task A_session_that_cannot_be_had_back_tells_why_F12()
    {
        var proxy = new CutProxy(_gateway.Address);
        await using var _ = proxy;
        await using var session = await RabbitBridgeClient.ConnectAsync(
            new ClientOptions { Addresses = [proxy.Address], ReconnectTimeout = TimeSpan.FromMilliseconds(500) });
        Assert.Null(session.CloseMessage);

        proxy.Cut();

        await Eventually.TrueAsync(() => session.State == RemoteSessionState.Closed, "the session is given up");
        Assert.Equal(SessionCloseReason.ConnectionLost, session.CloseReason);
        Assert.Contains("The connection was lost, and there is no other one.", session.CloseMessage, StringComparison.Ordinal);
        var error = await Assert.ThrowsAsync<SessionClosedException>(() => session.AskAsync("a"));
        Assert.Contains("there is no other one", error.Message, StringComparison.Ordinal);
    }

    private static RemoteGateway Gateway() => new(new GatewayOptions { Name = "a" }, new InMemoryBroker());

    private static async Task<string> RefusedAsync(params Uri[] addresses)
    {
        var connecting = RabbitBridgeClient.ConnectAsync(new ClientOptions { Addresses = addresses, ConnectTimeout = ForEver });
        return (await Assert.ThrowsAsync<CommunicationFailureException>(() => connecting.WaitAsync(Limit))).Message;
    }

    private static async Task GreetAsync(TcpListener listener, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync(stop);
                var stream = client.GetStream();
                await stream.WriteAsync("220 mail.example.com ESMTP\r\n"u8.ToArray(), stop);
                client.Client.Shutdown(SocketShutdown.Send);
                // Until the other side has read it and gone.
                await stream.CopyToAsync(Stream.Null, stop);
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }
}
