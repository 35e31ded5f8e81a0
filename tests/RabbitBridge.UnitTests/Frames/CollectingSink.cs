using RabbitBridge.Fabric;
using RabbitBridge.RabbitMq.Frames;

namespace RabbitBridge.UnitTests.Frames;

/// <summary>Keeps the messages of frames in their order.</summary>
internal sealed class CollectingSink : IFrameSink
{
    public List<object> Messages { get; } = [];

    public void OnSent(long at, int waited)
    {
        // The tests look at the messages.
    }

    public void OnRequest(in RequestEnvelope request) => Messages.Add(request);

    public void OnResponse(in ResponseEnvelope response) => Messages.Add(response);

    public void OnMessage(LinkMessage message) => Messages.Add(message);

    public void OnBadRequest(long id, ErrorReason reason, string problem) => Messages.Add((id, reason));

    public void OnUnknown(int type) => Messages.Add($"unknown {type}");
}
