using Microsoft.Win32.SafeHandles;

namespace RabbitBridge.Cli.Output;

/// <summary>
/// The standard streams where they are no terminal. .NET's own pass over that nobody reads a pipe any more, and what a full disk makes of them reaches
/// each verb as an exception from wherever it printed last.
/// </summary>
internal sealed class StandardStreams : IDisposable
{
    private readonly CancellationTokenSource _lost = new();

    /// <summary>Cancelled when something could not be written to one of them.</summary>
    public static CancellationToken Lost { get; private set; }

    /// <summary>Has everything that is printed from now on go through guarded streams.</summary>
    public static StandardStreams Guard()
    {
        var streams = new StandardStreams();
        Lost = streams._lost.Token;
        if (Console.IsOutputRedirected)
            Console.SetOut(streams.Writer(descriptor: 1, Console.OpenStandardOutput(), "Standard output"));
        if (Console.IsErrorRedirected)
            Console.SetError(streams.Writer(descriptor: 2, Console.OpenStandardError(), "Standard error"));
        return streams;
    }

    public void Dispose() => _lost.Dispose();

    private StreamWriter Writer(int descriptor, Stream console, string name) =>
        new(new GuardedOutput(Pipe(descriptor) ?? console, name, _lost), Console.OutputEncoding) { AutoFlush = true };

    // A file may be shared with the other stream, or with processes that this one starts, and has one position for all: it stays with .NET's stream.
    private static FileStream? Pipe(int descriptor)
    {
        if (OperatingSystem.IsWindows())
            return null;
        var handle = new SafeFileHandle(descriptor, ownsHandle: false);
        var stream = new FileStream(handle, FileAccess.Write, bufferSize: 0);
        if (!stream.CanSeek)
            return stream;
        stream.Dispose();
        return null;
    }
}
