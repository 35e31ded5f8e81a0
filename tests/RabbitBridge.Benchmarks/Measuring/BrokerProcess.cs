using System.Diagnostics;
using System.Globalization;
using RabbitBridge.Testing;

namespace RabbitBridge.Benchmarks.Measuring;

/// <summary>The broker's process, for its processor time.</summary>
internal sealed class BrokerProcess : IDisposable
{
    private readonly Process _process;

    private BrokerProcess(Process process) => _process = process;

    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Finds the process, if it is one of this machine: a container numbers its processes in its own way.</summary>
    public static async Task<BrokerProcess?> FindAsync(TestBroker broker)
    {
        if (broker.Kind != TestBrokerKind.PrivateNode)
            return null;
        var text = await broker.RunControlCommandAsync("eval", "os:getpid().").ConfigureAwait(false);
        var id = int.Parse(text.Trim().Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture);
        return new BrokerProcess(Process.GetProcessById(id));
    }

    public void Dispose() => _process.Dispose();
}
