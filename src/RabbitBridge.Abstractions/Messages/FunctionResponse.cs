namespace RabbitBridge;

internal static class FunctionResponse
{
    /// <summary>Passes a function's result to the responder: at once if it is there, else when it comes.</summary>
    public static void Send<TResponse>(ValueTask<TResponse> result, IResponder<TResponse> responder)
    {
        // What a synchronous function throws propagates to the engine, as from any handler.
        if (result.IsCompletedSuccessfully)
            responder.Respond(result.Result);
        else
            SendLater(result, responder);
    }

    // async void on purpose: nothing escapes it, every outcome goes to the responder, and no caller waits for it.
    private static async void SendLater<TResponse>(ValueTask<TResponse> result, IResponder<TResponse> responder)
    {
        try
        {
            responder.Respond(await result.ConfigureAwait(false));
        }
#pragma warning disable CA1031 // Whatever a handler throws belongs to the responder.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            if (responder is IFaultResponder faults)
                faults.Fail(exception);
            else
                responder.Reject("The handler failed.");
        }
    }
}
