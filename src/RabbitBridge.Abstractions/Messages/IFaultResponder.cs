namespace RabbitBridge;

/// <summary>What an engine's responder offers to the adapters here: an asynchronous function fails after OnRequest has returned.</summary>
internal interface IFaultResponder
{
    /// <summary>Answers with <see cref="ErrorReason.CallbackException"/>, or with a rejection if that is what was thrown.</summary>
    void Fail(Exception exception);
}
