namespace RabbitBridge.Sessions;

/// <summary>
/// Knows which sessions' callbacks are running here. The close of a session ends with its last callback; awaited inside one of them it would
/// wait for itself.
/// </summary>
internal sealed class CallbackScope
{
    private static readonly AsyncLocal<CallbackScope?> Flow = new();

    // Callbacks on a token run in the context in which they were registered, but on the thread that cancels.
    [ThreadStatic]
    private static CallbackScope? OfThread;

    private readonly object _owner;
    private readonly CallbackScope? _outer;

    private CallbackScope(object owner, CallbackScope? outer) => (_owner, _outer) = (owner, outer);

    /// <summary>Whether this is called from inside one of the owner's callbacks.</summary>
    public static bool IsInside(object owner) => Holds(OfThread, owner) || Holds(Flow.Value, owner);

    /// <summary>Calls the application. What it throws goes no further.</summary>
    /// <param name="owner">The session.</param>
    /// <param name="callback">The callback.</param>
    /// <param name="failed">Takes what it throws.</param>
    public static void Run(object owner, Action callback, Action<Exception> failed)
    {
        var (flow, thread) = (Flow.Value, OfThread);
        Flow.Value = new CallbackScope(owner, flow);
        OfThread = new CallbackScope(owner, thread);
        try
        {
            callback();
        }
#pragma warning disable CA1031 // Whatever a callback throws is reported and goes no further.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            failed(exception);
        }
        finally
        {
            (Flow.Value, OfThread) = (flow, thread);
        }
    }

    private static bool Holds(CallbackScope? scope, object owner)
    {
        for (; scope is not null; scope = scope._outer)
        {
            if (scope._owner == owner)
                return true;
        }

        return false;
    }
}
