using System.Text;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace RabbitBridge.Testing;

/// <summary>Asks a broker by a whole AMQP handshake: a port that is open says nothing (docker-proxy accepts for a container
/// that does not listen yet, and the server opens its port before it has a virtual host).</summary>
internal static class AmqpProbe
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan HandshakeLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(2);

    /// <summary>One handshake; answers with the server's version.</summary>
    /// <exception cref="TestBrokerException">The broker does not accept the connection.</exception>
    public static async Task<Version> HandshakeAsync(Uri uri, CancellationToken ct)
    {
        try
        {
            return await ConnectAsync(uri, ct).ConfigureAwait(false);
        }
        catch (Exception e) when (IsNotReady(e, ct))
        {
            throw new TestBrokerException($"The broker at {uri.Host}:{uri.Port} refuses the AMQP handshake: {Innermost(e)}", e);
        }
    }

    /// <summary>Tries until a handshake succeeds.</summary>
    /// <param name="uri">Where to connect.</param>
    /// <param name="timeout">For all tries together.</param>
    /// <param name="failure">Asked before each try; what it answers with ends the wait: a process or a container that is gone never listens.
    /// </param>
    /// <param name="ct">Ends the wait.</param>
    /// <exception cref="TestBrokerException">The time is over, or <paramref name="failure"/> said so.</exception>
    public static async Task WaitUntilReadyAsync(Uri uri, TimeSpan timeout, Func<CancellationToken, ValueTask<string?>> failure, CancellationToken ct)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if (await failure(ct).ConfigureAwait(false) is { } text)
                throw new TestBrokerException(text);
            try
            {
                await ConnectAsync(uri, ct).ConfigureAwait(false);
                return;
            }
            catch (Exception e) when (IsNotReady(e, ct))
            {
                if (TimeProvider.System.GetElapsedTime(start) > timeout)
                    throw new TestBrokerException(
                        $"The broker at {uri.Host}:{uri.Port} was not ready after {timeout.TotalSeconds:0} s: {Innermost(e)}", e);
            }

            await Task.Delay(Pause, ct).ConfigureAwait(false);
        }
    }

    private static async Task<Version> ConnectAsync(Uri uri, CancellationToken ct)
    {
        var factory = new ConnectionFactory
        {
            Uri = uri,
            ClientProvidedName = "rabbitbridge-testing/probe",
            AutomaticRecoveryEnabled = false,
            TopologyRecoveryEnabled = false,
            RequestedConnectionTimeout = HandshakeLimit,
            HandshakeContinuationTimeout = HandshakeLimit,
            ContinuationTimeout = HandshakeLimit,
        };
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(HandshakeLimit);
        var connection = await factory.CreateConnectionAsync(limit.Token).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            var version = ReadVersion(connection);
            // Bounded: closing may hang for 30 s in 7.2.2 (rabbitmq-dotnet-client #1968).
            await connection.AbortAsync(Constants.ReplySuccess, "probe", CloseLimit).ConfigureAwait(false);
            return version;
        }
    }

    private static Version ReadVersion(IConnection connection)
    {
        var text = connection.ServerProperties is { } properties && properties.TryGetValue("version", out var value)
            ? value is byte[] bytes ? Encoding.UTF8.GetString(bytes) : value?.ToString()
            : null;
        // Release candidates and distributions append to the number: 4.1.0-rc.1, 3.10.8+deb12.
        var number = text?.Split('-', '+')[0];
        return Version.TryParse(number, out var version) ? version : new Version(0, 0);
    }

    private static bool IsNotReady(Exception e, CancellationToken ct) =>
        !ct.IsCancellationRequested
        && e is BrokerUnreachableException or OperationInterruptedException or IOException or OperationCanceledException
            or System.Net.Sockets.SocketException or TimeoutException;

    private static string Innermost(Exception e) => e.GetBaseException().Message;
}
