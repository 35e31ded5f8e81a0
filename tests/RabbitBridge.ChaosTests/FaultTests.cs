using System.Diagnostics;
using RabbitBridge.ChaosTests.Support;
using RabbitBridge.EndToEndTests;
using RabbitBridge.Testing;
using RabbitMQ.Client;
using Xunit.Abstractions;

namespace RabbitBridge.ChaosTests;

/// <summary>Two gateway programs under steady load, and one fault each.</summary>
public sealed class FaultTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Some = 200;
    // How long faults last; everything else waits for conditions.
    private static readonly TimeSpan Cut = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Lost = TimeSpan.FromSeconds(4);

    // Until everything works again.
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(5);

    private TestBroker _broker = null!;
    private Site _site = null!;
    private Load.Load _load = null!;

    public async Task InitializeAsync()
    {
        _broker = await TestBroker.StartAsync();
        _site = await Site.StartAsync(_broker);
        _load = await Load.Load.StartAsync(_site.North.Address, _site.South.Address);
        await _load.SucceedAsync(Some);
    }

    public async Task DisposeAsync()
    {
        await _load.DisposeAsync();
        await _site.DisposeAsync();
        await _broker.DisposeAsync();
    }

    [Fact]
    public async Task Without_a_fault_nothing_fails()
    {
        await _load.SucceedAsync(Some);
        Assert.Equal(0, (await EndAsync()).Failed);
    }

    [Fact]
    public async Task A_gateway_is_killed()
    {
        var kill = Stopwatch.GetTimestamp();
        _site.North.Kill();
        await WholeAsync(Long);
        var verdict = await EndAsync(messagesMayBeLost: true);
        Assert.InRange(verdict.LongestAfter(kill), TimeSpan.Zero, TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task A_gateway_stands_still_and_goes_on()
    {
        Signals.SendStop(_site.NorthProcess);
        await Task.Delay(Lost);
        Signals.SendContinue(_site.NorthProcess);
        await WholeAsync(Long);
        await EndAsync(messagesMayBeLost: true);
    }

    [Fact]
    public async Task The_broker_is_restarted()
    {
        await _broker.StopAsync();
        await _broker.RestartAsync();
        await WholeAsync(Short);
        await EndAsync(messagesMayBeLost: true);
    }

    [Fact]
    public async Task The_broker_is_killed_and_comes_back_empty()
    {
        await _broker.KillAsync();
        await _broker.RestartAsync(wipe: true);
        await WholeAsync(Short);
        await EndAsync(messagesMayBeLost: true);
    }

    [Fact]
    public async Task A_connection_is_cut()
    {
        _site.NorthToBroker.Cut();
        await Task.Delay(Cut);
        _site.NorthToBroker.Mend();
        await WholeAsync(Short);
        await EndAsync(messagesMayBeLost: true);
    }

    [Fact]
    public async Task A_connection_is_frozen_and_half_open()
    {
        _site.NorthToBroker.Freeze();
        await Task.Delay(Lost);
        _site.NorthToBroker.Mend();
        await WholeAsync(Short);
        await EndAsync(messagesMayBeLost: true);
    }

    [Fact]
    public async Task A_connection_is_slow()
    {
        _site.NorthToBroker.Slow(TimeSpan.FromMilliseconds(50));
        await _load.SucceedAsync(Some);
        _site.NorthToBroker.Mend();
        await WholeAsync(Short);
        Assert.Equal(0, (await EndAsync()).Failed);
    }

    [Fact]
    public async Task The_broker_is_short_of_memory()
    {
        await _broker.RunControlCommandAsync("set_vm_memory_high_watermark", "0.000001");
        await Task.Delay(Lost);
        await _broker.RunControlCommandAsync("set_vm_memory_high_watermark", "0.4");
        await WholeAsync(Short);
        await EndAsync(messagesMayBeLost: true);
    }

    [Fact]
    public async Task An_operator_deletes_every_queue_of_the_bridge()
    {
        var queues = (await _broker.RunControlCommandAsync("list_queues", "name", "--silent")).Split('\n', StringSplitOptions.TrimEntries).Where(name => name.StartsWith(_site.Prefix, StringComparison.Ordinal)).ToArray();
        Assert.NotEmpty(queues);
        foreach (var queue in queues)
            await _broker.RunControlCommandAsync("delete_queue", queue);
        await WholeAsync(Long);
        await EndAsync(messagesMayBeLost: true);
    }

    [Fact]
    public async Task An_operator_deletes_every_exchange_of_the_bridge()
    {
        await using (var connection = await new ConnectionFactory { Uri = _broker.AmqpUri }.CreateConnectionAsync())
        await using (var channel = await connection.CreateChannelAsync())
        {
            var exchanges = (await _broker.RunControlCommandAsync("list_exchanges", "name", "--silent")).Split('\n', StringSplitOptions.TrimEntries);
            foreach (var exchange in exchanges.Where(name => name.StartsWith(_site.Prefix, StringComparison.Ordinal)))
                await channel.ExchangeDeleteAsync(exchange);
        }

        await WholeAsync(Long);
        await EndAsync(messagesMayBeLost: true);
    }

    private async Task WholeAsync(TimeSpan limit) => output.WriteLine($"Whole again after {(await _load.WholeAsync(limit)).TotalMilliseconds:N0} ms.");

    private async Task<Load.Verdict> EndAsync(bool messagesMayBeLost = false)
    {
        await _load.SucceedAsync(Some);
        var verdict = await _load.EndAsync();
        output.WriteLine($"{_broker.Description}. {verdict}. Longest pause of the test's process: {_site.Pauses.Longest.TotalMilliseconds:N0} ms.");
        verdict.Check(_site.Pauses.Longest, messagesMayBeLost);
        return verdict;
    }
}
