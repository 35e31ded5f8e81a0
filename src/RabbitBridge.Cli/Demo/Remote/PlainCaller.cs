using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using RabbitBridge.Cli.Telemetry;
using RabbitBridge.RabbitMq.PublicPlane;
using RabbitBridge.RabbitMq.Topology;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace RabbitBridge.Cli.Demo.Remote;

/// <summary>A client of the broker that has nothing of RabbitBridge, and does what the first page of the wire contract says.</summary>
internal sealed class PlainCaller : IAsyncDisposable
{
    private const string Limit = "10000";

    private readonly ConcurrentDictionary<string, TaskCompletionSource<(string Outcome, bool IsError)>> _asked = new();
    private readonly Names _names;
    private readonly IConnection _connection;
    private readonly IChannel _channel;
    private readonly string _replies;

    private PlainCaller(Names names, IConnection connection, IChannel channel, string replies) =>
        (_names, _connection, _channel, _replies) = (names, connection, channel, replies);

    public static async Task<PlainCaller> ConnectAsync(Uri broker, string prefix, CancellationToken cancellationToken)
    {
        var connection = await new ConnectionFactory { Uri = broker, AutomaticRecoveryEnabled = false, ClientProvidedName = "a plain AMQP client" }
            .CreateConnectionAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
            var replies = (await channel.QueueDeclareAsync(cancellationToken: cancellationToken).ConfigureAwait(false)).QueueName;
            var caller = new PlainCaller(new Names(prefix), connection, channel, replies);
            var consumer = new AsyncEventingBasicConsumer(channel);
            consumer.ReceivedAsync += caller.OnAnswerAsync;
            channel.BasicReturnAsync += caller.OnReturnedAsync;
            await channel.BasicConsumeAsync(replies, autoAck: true, consumer, cancellationToken).ConfigureAwait(false);
            return caller;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Sends the same request once and then again, one after the other, as long as the expected answer comes.</summary>
    public Task<Answer> AskAsync(string path, string expected, int repetitions, CancellationToken cancellationToken) =>
        Answer.RepeatAsync(() => AskAsync(path, cancellationToken), expected, repetitions);

    public async ValueTask DisposeAsync()
    {
        await _channel.DisposeAsync().ConfigureAwait(false);
        await _connection.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<string> AskAsync(string path, CancellationToken cancellationToken)
    {
        var key = path.Replace('/', '.');
        using var span = CliTelemetry.StartPlainSend(_names.Request, key, _connection.Endpoint);
        var id = Guid.NewGuid().ToString();
        var answered = _asked[id] = new TaskCompletionSource<(string, bool)>(TaskCreationOptions.RunContinuationsAsynchronously);
        var request = new BasicProperties { ReplyTo = _replies, CorrelationId = id, ContentType = ContentTypes.Text, Expiration = Limit };
        if (span is not null)
            request.Headers = new Dictionary<string, object?> { [PublicHeaders.TraceParent] = span.Id };
        try
        {
            await _channel.BasicPublishAsync(_names.Request, key, mandatory: true, request, "?"u8.ToArray(), cancellationToken).ConfigureAwait(false);
            var (outcome, isError) = await answered.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            if (isError)
                span?.SetStatus(ActivityStatusCode.Error, outcome).SetTag("error.type", outcome);
            return outcome;
        }
        finally
        {
            _asked.TryRemove(id, out _);
        }
    }

    private Task OnAnswerAsync(object sender, BasicDeliverEventArgs answer)
    {
        var properties = answer.BasicProperties;
        var error = properties.Headers?.TryGetValue(PublicHeaders.Error, out var name) == true ? name as byte[] : null;
        return EndAsync(properties.CorrelationId, Encoding.UTF8.GetString(error ?? answer.Body.Span), isError: error is not null);
    }

    private Task OnReturnedAsync(object sender, BasicReturnEventArgs returned) => EndAsync(returned.BasicProperties.CorrelationId, returned.ReplyText, isError: true);

    private Task EndAsync(string? id, string outcome, bool isError)
    {
        if (id is not null && _asked.TryRemove(id, out var answered))
            answered.SetResult((outcome, isError));
        return Task.CompletedTask;
    }
}
