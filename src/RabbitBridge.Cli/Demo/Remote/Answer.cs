using System.Diagnostics;

namespace RabbitBridge.Cli.Demo.Remote;

/// <summary>What came back to one who asked several times.</summary>
/// <param name="Outcome">The last response, or the name of an error.</param>
/// <param name="FirstMicroseconds">The time of the first.</param>
/// <param name="MedianMicroseconds">The median time of the others.</param>
internal sealed record Answer(string Outcome, double FirstMicroseconds, double MedianMicroseconds)
{
    /// <summary>Asks once and then again, one after the other, as long as the expected answer comes.</summary>
    public static async Task<Answer> RepeatAsync(Func<Task<string>> send, string expected, int repetitions)
    {
        var times = new List<double>();
        var outcome = expected;
        for (var i = 0; i <= repetitions && outcome == expected; i++)
        {
            var start = Stopwatch.GetTimestamp();
            try
            {
                outcome = await send().ConfigureAwait(false);
            }
            catch (MessagingException exception)
            {
                outcome = ErrorNames.Of(exception.Reason);
            }

            times.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
        }

        var first = times[0];
        times.RemoveAt(0);
        times.Sort();
        return new Answer(outcome, first, times.Count > 0 ? times[times.Count / 2] : first);
    }
}
