namespace RabbitBridge.Calls;

/// <summary>What a handler's registration wants of the branch it is on.</summary>
internal interface IBranchHandler : IRegistration
{
    MessagePath Branch { get; }

    PropertySelection Properties { get; }

    bool Redelivery { get; }

    RequestReceiver Receiver { get; }
}
