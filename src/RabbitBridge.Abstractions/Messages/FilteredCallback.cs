namespace RabbitBridge;

/// <summary>Passes the answers to a filter request to its callback.</summary>
internal static class FilteredCallback
{
    /// <summary>Passes all answers, one after the other. Nothing escapes: nobody waits for the last answer.</summary>
    /// <param name="answers">The answers.</param>
    /// <param name="count">The number of sessions. Where that fails, or is cancelled, whoever waits for it hears.</param>
    /// <param name="callback">The application's.</param>
    /// <param name="failed">Takes whatever the callback throws, and whatever else goes wrong.</param>
    public static async Task PassAllAsync<TResponse>(
        IAsyncEnumerable<FilteredResponse<TResponse>> answers, Task<int> count, IFilteredRequestCallback<TResponse> callback, Action<Exception> failed)
    {
        try
        {
            await foreach (var answer in answers.ConfigureAwait(false))
                Call(() => Pass(callback, answer), failed);
        }
        catch (OperationCanceledException)
        {
            // Who cancels wants to hear nothing more.
        }
        catch (MessagingException) when (!count.IsCompletedSuccessfully)
        {
            // The task with the number of sessions tells it.
        }
        catch (MessagingException exception)
        {
            Call(() => callback.OnError(exception), failed);
        }
#pragma warning disable CA1031 // Nobody waits for this loop: whatever else ends it is reported.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            failed(exception);
        }
    }

    private static void Pass<TResponse>(IFilteredRequestCallback<TResponse> callback, FilteredResponse<TResponse> answer)
    {
        if (answer.Error is { } error)
            callback.OnResponseError(answer.Session, error);
        else
            callback.OnResponse(answer.Session, answer.Response);
    }

    private static void Call(Action call, Action<Exception> failed)
    {
        try
        {
            call();
        }
#pragma warning disable CA1031 // Whatever a callback throws is reported and goes no further.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            failed(exception);
        }
    }
}
