using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using RabbitBridge.Diagnostics;

namespace RabbitBridge.Filters;

/// <summary>Hands the answers to a filter request to whoever sent it, and tells the gateways that answer how far that has come.</summary>
internal sealed class FilteredAnswers<TResponse>(FilterCall<TResponse> call, ILogger logger)
{
    /// <summary>Passes the answers to a callback, one after the other.</summary>
    /// <returns>The number of sessions.</returns>
    public Task<int> PassTo(IFilteredRequestCallback<TResponse> callback, CancellationToken cancellationToken)
    {
        // Nobody waits for the last answer, but nothing escapes the loop either.
        _ = Task.Run(
            () => FilteredCallback.PassAllAsync(
                ReadAsync(cancellationToken), call.Sessions, callback, exception => Log.CallbackFailed(logger, exception, call.Session.Id)),
            CancellationToken.None);
        return call.Sessions.IsCompleted ? call.Sessions : CountAsync(cancellationToken);
    }

    /// <summary>Gives the answers as they come. Whoever leaves early abandons the rest.</summary>
    public async IAsyncEnumerable<FilteredResponse<TResponse>> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var answer in call.Answers.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return answer;
                call.Taken(answer.Session);
            }
        }
        finally
        {
            call.Abandon();
        }
    }

    /// <summary>The number of sessions. Who cancels abandons the call.</summary>
    public async Task<int> CountAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await call.Sessions.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            call.Abandon();
            throw;
        }
    }
}
