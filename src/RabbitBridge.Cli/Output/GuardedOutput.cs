namespace RabbitBridge.Cli.Output;

/// <summary>A standard stream whose failure is known everywhere: verbs that wait for others end by a token, and what is written fails.</summary>
internal sealed class GuardedOutput(Stream inner, string name, CancellationTokenSource lost) : Stream
{
    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Flush() => Guard(inner.Flush);

    public override void Write(byte[] buffer, int offset, int count) => Guard(() => inner.Write(buffer, offset, count));

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private void Guard(Action write)
    {
        try
        {
            write();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            lost.Cancel();
            throw new OutputLostException($"{name} cannot be written: {exception.Message}", exception);
        }
    }
}
