using System.Diagnostics;

namespace RabbitBridge.EndToEndTests;

/// <summary>Waits for conditions, never for time.</summary>
internal static class Until
{
    /// <summary>What only a hang takes longer than, on any machine.</summary>
    public static TimeSpan Limit { get; } = TimeSpan.FromSeconds(60);

    public static async Task TrueAsync(Func<Task<bool>> condition, string what)
    {
        var start = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Limit, $"After {Limit.TotalSeconds} s still not: {what}.");
            await Task.Delay(10);
        }
    }

    public static Task TrueAsync(Func<bool> condition, string what) => TrueAsync(() => Task.FromResult(condition()), what);
}
