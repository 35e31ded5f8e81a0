using RabbitBridge.RabbitMq.Diagnostics;

namespace RabbitBridge.RabbitMq.Connections;

/// <summary>
/// Watches over the steps by which an epoch opens: none takes longer than its limit, and what ends the epoch ends the step. RabbitMQ.Client by itself waits
/// without limit for the first word of a broker that has accepted the connection, and for the confirm of a message whose connection is lost.
/// </summary>
internal sealed class Opening(Epoch epoch, TimeSpan stepLimit, TimeProvider time, CancellationToken cancellationToken)
{
    public Task StepAsync(string what, Func<CancellationToken, Task> step) => StepAsync(
        what,
        async token =>
        {
            await step(token).ConfigureAwait(false);
            return true;
        });

    /// <summary>Takes a step.</summary>
    /// <param name="what">What it is, for people.</param>
    /// <param name="step">The step.</param>
    /// <param name="late">What becomes of the result of a step that was given up.</param>
    /// <exception cref="CommunicationFailureException">It takes too long, or the epoch has ended.</exception>
    public async Task<T> StepAsync<T>(string what, Func<CancellationToken, Task<T>> step, Func<T, Task>? late = null)
    {
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = step(giveUp.Token);
        try
        {
            if (await Task.WhenAny(running, epoch.Ended).WaitAsync(stepLimit, time, cancellationToken).ConfigureAwait(false) == running)
                return await running.ConfigureAwait(false);
        }
        catch (TimeoutException) when (!running.IsCompleted)
        {
            throw new CommunicationFailureException($"{what} has not been done within {stepLimit.TotalSeconds:0.#} s.");
        }
        finally
        {
            if (!running.IsCompleted)
            {
                await giveUp.CancelAsync().ConfigureAwait(false);
                _ = AbandonAsync(what, running, late);
            }
        }

        throw epoch.Loss();
    }

    private async Task AbandonAsync<T>(string what, Task<T> running, Func<T, Task>? late)
    {
        try
        {
            var result = await running.ConfigureAwait(false);
            if (late is not null)
                await late(result).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Why the step was given up has been told; how it ends changes nothing.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.StepAbandoned(epoch.Logger, exception, what);
        }
    }
}
