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

    public void OnCancel(long id) => Messages.Add(id);

    public void OnPresence(PresenceMessage message) => Messages.Add(message);

    public void OnInquiry(long id) => Messages.Add($"inquiry {id}");

    public void OnCount(FilterCount count) => Messages.Add(count);

    public void OnListen(bool isOn) => Messages.Add($"listen {isOn}");

    public void OnSessionEvent(SessionEvent what) => Messages.Add(what);

    public void OnCredit(long id, int answers) => Messages.Add($"credit {id} {answers}");

    public void OnBadRequest(long id, ErrorReason reason, string problem) => Messages.Add((id, reason));

    public void OnUnknown(int type) => Messages.Add($"unknown {type}");
}
