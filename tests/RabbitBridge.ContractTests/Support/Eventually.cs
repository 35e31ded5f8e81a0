using System.Diagnostics;

namespace RabbitBridge;

/// <summary>Waits for conditions, never for time.</summary>
public static class Eventually
{
    public static async Task TrueAsync(Func<bool> condition, string what, int seconds = 30)
    {
        ArgumentNullException.ThrowIfNull(condition);
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(clock.Elapsed.TotalSeconds < seconds, $"After {seconds} s still not: {what}.");
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

    public static async Task TrueAsync(Func<Task<bool>> condition, string what, int seconds = 30)
    {
        ArgumentNullException.ThrowIfNull(condition);
        var clock = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(clock.Elapsed.TotalSeconds < seconds, $"After {seconds} s still not: {what}.");
            await Task.Delay(20);
        }
    }
}
