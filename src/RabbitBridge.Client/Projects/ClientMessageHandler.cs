using RabbitBridge.Client.Sessions;
using RabbitBridge.Remote;

namespace RabbitBridge.Client.Projects;

/// <summary>A message handler of this client, and how it is registered again at another gateway.</summary>
internal sealed class ClientMessageHandler : IAsyncDisposable
{
    private readonly Func<ClientMessageHandler, Task> _remove;

    public ClientMessageHandler(string name, IMessageHandler handler, Func<ClientMessageHandler, RemoteLink, Task> register, Func<ClientMessageHandler, Task> remove)
    {
        (Name, Handler, _remove) = (name, handler, remove);
        Registration = new LastingRegistration(link => register(this, link));
    }

    public string Name { get; }

    public IMessageHandler Handler { get; }

    public LastingRegistration Registration { get; }

    public async ValueTask DisposeAsync() => await _remove(this).ConfigureAwait(false);
}
