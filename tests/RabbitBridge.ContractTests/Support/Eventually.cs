using System.Diagnostics;
using RabbitBridge.ContractTests;

namespace RabbitBridge;

/// <summary>Waits for conditions, never for time.</summary>
public static class Eventually
{
    /// <summary>
    /// What only a hang takes longer than, on any machine. That something ends because of what a test did, and not because a time was over, is shown by the times
    /// that are set to minutes; how soon it ends is shown with a clock that the test moves.
    /// </summary>
    public static TimeSpan Limit { get; } = TimeSpan.FromSeconds(60);

    public static async Task TrueAsync(Func<bool> condition, string what, int seconds = 60)
    {
        ArgumentNullException.ThrowIfNull(condition);
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            Check(clock, seconds, what);
            await Task.Delay(5);
        }
    }

    /// <summary>Waits until there is a value, and gives it.</summary>
    public static async Task<T> ValueAsync<T>(Func<T?> value, string what)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(value);
        T? found = null;
        await TrueAsync(() => (found = value()) is not null, what);
        return found!;
    }

    public static Task TrueAsync(Func<Task<bool>> condition, string what, int seconds = 60) => TrueAsync(condition, () => what, seconds);

    /// <summary>Waits for a condition of which it is told at the end how far it was from being so.</summary>
    public static async Task TrueAsync(Func<Task<bool>> condition, Func<string> what, int seconds = 60)
    {
        ArgumentNullException.ThrowIfNull(condition);
        ArgumentNullException.ThrowIfNull(what);
        var clock = Stopwatch.StartNew();
        while (!await condition())
        {
            if (clock.Elapsed.TotalSeconds >= seconds)
                Check(clock, seconds, what());
            await Task.Delay(20);
        }
    }

    private static void Check(Stopwatch clock, int seconds, string what)
    {
        if (clock.Elapsed.TotalSeconds >= seconds)
            Assert.Fail($"After {seconds} s still not: {what}.{CapturingLogger.OfThisTest()}");
    }
}
