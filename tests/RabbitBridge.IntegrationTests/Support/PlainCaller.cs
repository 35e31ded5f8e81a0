using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using RabbitBridge.RabbitMq.Topology;
using RabbitMQ.Client.Events;

namespace RabbitBridge.IntegrationTests;

/// <summary>A plain AMQP client that waits for each answer for as long as its request has time, and no longer.</summary>
internal sealed class PlainCaller : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource<string>> _calls = new(StringComparer.Ordinal);
    private readonly PlainClient _client;
    private readonly Names _names;
    private readonly Action _repeated;
    private string _replyQueue = "";

    private PlainCaller(PlainClient client, Names names, Action repeated) => (_client, _names, _repeated) = (client, names, repeated);

    public static async Task<PlainCaller> ConnectAsync(RabbitMqOptions options, Action repeated)
    {
        var caller = new PlainCaller(await PlainClient.ConnectAsync(options.Uri), new Names(options.Prefix), repeated);
        caller._replyQueue = await caller._client.ServeAsync(caller.OnReplyAsync);
        return caller;
    }

    /// <returns>The answer's text, the name of the error, or what else became of it.</returns>
    public async Task<string> AskAsync(string path, string id, TimeSpan timeout)
    {
        var call = _calls[id] = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var taken = await _client.PublishAsync(_names.Request, path, Encoding.UTF8.GetBytes(id), properties =>
        {
            (properties.ReplyTo, properties.CorrelationId, properties.ContentType) = (_replyQueue, id, ContentTypes.Text);
            properties.Expiration = timeout.TotalMilliseconds.ToString(CultureInfo.InvariantCulture);
        });
        if (!taken)
            return "returned";
        try
        {
            return await call.Task.WaitAsync(timeout);
        }
        catch (TimeoutException)
        {
            return "no answer";
        }
    }

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    private Task OnReplyAsync(BasicDeliverEventArgs reply)
    {
        var headers = reply.BasicProperties.Headers;
        var text = Encoding.UTF8.GetString(headers?.TryGetValue("rb-error", out var error) == true && error is byte[] name ? name : reply.Body.Span);
        if (!_calls[reply.BasicProperties.CorrelationId!].TrySetResult(text))
            _repeated();
        return Task.CompletedTask;
    }
}
