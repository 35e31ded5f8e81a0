using System.Text;
using System.Threading.Channels;

namespace RabbitBridge.Benchmarks.Workers;

/// <summary>
/// What the parent process writes. The end of it is the end of the parent. A thread of its own reads: reading standard
/// input blocks, and must not take a thread of the pool from what is measured.
/// </summary>
internal sealed class ParentLines : IDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly CancellationTokenSource _gone = new();
    private readonly ManualResetEventSlim _ended = new();

    public ParentLines() => new Thread(Read) { IsBackground = true, Name = "parent" }.Start();

    /// <summary>Cancelled when the parent has closed its end.</summary>
    public CancellationToken Gone => _gone.Token;

    public IAsyncEnumerable<string> ReadAllAsync() => _lines.Reader.ReadAllAsync();

    /// <summary>Called when the process has nothing left to do.</summary>
    public void Dispose() => _ended.Set();

    private void Read()
    {
        using (var input = new StreamReader(Console.OpenStandardInput(), Encoding.UTF8))
        {
            while (input.ReadLine() is { } line)
                _lines.Writer.TryWrite(line);
        }

        _lines.Writer.Complete();
        _gone.Cancel();
        // Whatever still runs after that hangs, and a worker must not outlive the bench.
        if (!_ended.Wait(Grace))
            Environment.Exit(1);
    }
}
