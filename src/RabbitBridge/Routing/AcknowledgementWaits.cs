namespace RabbitBridge.Routing;

/// <summary>Those who wait for something to become true of the roster. Guarded by the roster's lock.</summary>
internal sealed class AcknowledgementWaits
{
    private readonly List<(Func<bool> Condition, TaskCompletionSource Completion)> _waits = [];

    public bool Any => _waits.Count > 0;

    public Task Add(Func<bool> condition, bool isTrueNow)
    {
        if (isTrueNow)
            return Task.CompletedTask;
        var completion = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waits.Add((condition, completion));
        return completion.Task;
    }

    public void Check()
    {
        for (var i = _waits.Count - 1; i >= 0; i--)
        {
            if (!_waits[i].Condition())
                continue;
            _waits[i].Completion.SetResult();
            _waits.RemoveAt(i);
        }
    }
}
