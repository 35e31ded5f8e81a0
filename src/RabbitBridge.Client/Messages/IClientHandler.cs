using RabbitBridge.Client.Sessions;

namespace RabbitBridge.Client.Messages;

/// <summary>A registered handler, whatever its types.</summary>
internal interface IClientHandler : IRegistration
{
    RequestHandlerOptions Options { get; }

    ClientReceiver Receiver { get; }

    LastingRegistration Registration { get; }
}
