namespace RabbitBridge.Calls;

/// <summary>Ends a call before its own time, because whoever has it may not take as long.</summary>
internal sealed class CallLimit(PendingCall call) : Expiring
{
    public override void OnExpired() => call.OnExpired();
}
