using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using RabbitBridge.ContractTests;
using RabbitBridge.Diagnostics;
using RabbitBridge.RabbitMq.Diagnostics;

namespace RabbitBridge.UnitTests.Diagnostics;

public sealed class InputFaultsTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly CapturingLogger _log = new();
    private readonly Telemetry _telemetry = new(NullLogger.Instance);
    private readonly InputFaults _faults;

    public InputFaultsTests() => _faults = new InputFaults(_telemetry, new Clock(_time), _log);

    public void Dispose() => _telemetry.Dispose();

    [Fact]
    public void Every_fault_is_counted_and_each_kind_logged_once_a_second()
    {
        for (var second = 0; second < 3; second++)
        {
            for (var i = 0; i < 100; i++)
            {
                _faults.Report(InputFault.MalformedFrame, "detail");
                _faults.Report(InputFault.Oversized, "detail");
                _time.Advance(TimeSpan.FromMilliseconds(10));
            }
        }

        Assert.Equal((300, 300, 0), (_faults.Count(InputFault.MalformedFrame), _faults.Count(InputFault.Oversized), _faults.Count(InputFault.InvalidPath)));
        Assert.Equal(3, _log.Lines.Count(line => line.Text.Contains("MalformedFrame", StringComparison.Ordinal)));
        Assert.Equal(3, _log.Lines.Count(line => line.Text.Contains("Oversized", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_line_tells_how_many_there_were_since_the_last_one()
    {
        _faults.Report(InputFault.InvalidPath, "first");
        for (var i = 0; i < 41; i++)
            _faults.Report(InputFault.InvalidPath, "silent");
        _time.Advance(TimeSpan.FromSeconds(2));
        _faults.Report(InputFault.InvalidPath, "last");

        Assert.Equal(2, _log.Lines.Count);
        Assert.Contains("first", _log.Lines[0].Text, StringComparison.Ordinal);
        Assert.Contains("42 since", _log.Lines[1].Text, StringComparison.Ordinal);
        Assert.Contains("last", _log.Lines[1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_sender_has_put_into_a_message_stays_in_its_line_and_is_not_all_of_it()
    {
        _faults.Report(InputFault.MalformedResponse, "correlation id '\nwarn: forged'" + new string('x', 100_000));

        var line = Assert.Single(_log.Lines).Text;
        Assert.DoesNotContain('\n', line);
        Assert.True(line.Length < 2000, $"{line.Length} characters");
    }

    [Fact]
    public async Task Many_threads_lose_no_count_and_log_one_line()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 10_000; i++)
                _faults.Report(InputFault.InvalidRequest, "");
        })));

        Assert.Equal(40_000, _faults.Count(InputFault.InvalidRequest));
        Assert.Single(_log.Lines);
    }
}
