namespace RabbitBridge.Cli.Workers;

/// <summary>The handlers and streams of a worker.</summary>
internal sealed class WorkerHandler(HandlerBehaviour behaviour, string? answer) : IRequestHandler<string, string>, IRequestStream<string, string>
{
    private readonly Lock _lock = new();
    private readonly object _blocked = new();
    private readonly List<(string Request, IResponder<string> Responder)> _kept = [];
    private volatile HandlerBehaviour _behaviour = behaviour;
    private int _received;
    private volatile bool _closed;

    public HandlerReport Report(int number, string path)
    {
        lock (_lock)
            return new(number, path, _received, _kept.Count(request => request.Responder.CancellationToken.IsCancellationRequested), _closed);
    }

    public void OnRequest(string request, IRequestContext context, IResponder<string> responder) => OnRequest(request, responder);

    public void OnRequest(string path, string request, IResponder<string> responder) => OnRequest(request, responder);

    public void OnClose() => _closed = true;

    public void Release()
    {
        (string, IResponder<string>)[] kept;
        lock (_lock)
        {
            _behaviour = HandlerBehaviour.Echo;
            kept = [.. _kept];
            _kept.Clear();
        }

        lock (_blocked)
            Monitor.PulseAll(_blocked);

        foreach (var (request, responder) in kept)
        {
            if (!responder.CancellationToken.IsCancellationRequested)
                responder.Respond(request);
        }
    }

    private void OnRequest(string request, IResponder<string> responder)
    {
        lock (_lock)
        {
            _received++;
            if (_behaviour is HandlerBehaviour.Silent or HandlerBehaviour.Held)
            {
                _kept.Add((request, responder));
                return;
            }
        }

        lock (_blocked)
        {
            while (_behaviour == HandlerBehaviour.Blocking)
                Monitor.Wait(_blocked);
        }

        responder.Respond(_behaviour == HandlerBehaviour.Fixed ? answer ?? "" : request);
    }
}
