using System.IO.Pipelines;

namespace RabbitBridge.AspNetCore.Remote;

/// <summary>A connection's transport that tells whether anything has come: SignalR shows its hubs no pings.</summary>
internal sealed class WatchedTransport(IDuplexPipe transport) : PipeReader, IDuplexPipe
{
    private readonly PipeReader _input = transport.Input;
    private bool _hasSign;

    public PipeReader Input => this;

    public PipeWriter Output => transport.Output;

    /// <summary>Whether anything has come since this was asked last.</summary>
    public bool TakeSign()
    {
        var hasSign = Volatile.Read(ref _hasSign);
        Volatile.Write(ref _hasSign, false);
        return hasSign;
    }

    public override void AdvanceTo(SequencePosition consumed)
    {
        Volatile.Write(ref _hasSign, true);
        _input.AdvanceTo(consumed);
    }

    // After every read that has brought something, so that reads themselves need no wrapping.
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        Volatile.Write(ref _hasSign, true);
        _input.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead() => _input.CancelPendingRead();

    public override void Complete(Exception? exception = null) => _input.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => _input.CompleteAsync(exception);

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) => _input.ReadAsync(cancellationToken);

    public override bool TryRead(out ReadResult result) => _input.TryRead(out result);
}
