using Microsoft.AspNetCore.SignalR;

namespace RabbitBridge.Benchmarks.Responders;

/// <summary>Answers with the argument.</summary>
internal sealed class EchoHub : Hub
{
    public const string Path = "/echo";

#pragma warning disable CA1822 // A hub's methods are those of its instances.
    public byte[] Echo(byte[] body) => body;
#pragma warning restore CA1822
}
