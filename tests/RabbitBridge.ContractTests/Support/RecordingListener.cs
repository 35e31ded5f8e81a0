using System.Collections.Concurrent;

namespace RabbitBridge.ContractTests;

/// <summary>Notes what it is told of sessions, one line each.</summary>
public sealed class RecordingListener : ISessionListener
{
    private readonly ConcurrentQueue<string> _events = new();

    public IReadOnlyList<string> Events => [.. _events];

    public void OnOpened(SessionId session, IReadOnlyDictionary<string, string> properties) =>
        _events.Enqueue($"opened {Name(properties)}");

    public void OnPropertiesChanged(SessionId session, IReadOnlyDictionary<string, string> properties, IReadOnlyDictionary<string, string?> previous) =>
        _events.Enqueue($"changed {Name(properties)}: {string.Join(", ", previous.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key} was {pair.Value ?? "nothing"}"))}");

    public void OnClosed(SessionId session, IReadOnlyDictionary<string, string> properties, SessionCloseReason reason) =>
        _events.Enqueue($"closed {Name(properties)}: {reason}");

    /// <summary>Waits until exactly these lines have come, in whatever order.</summary>
    public async Task ReceiveAsync(params string[] lines)
    {
        await Eventually.TrueAsync(() => _events.Count >= lines.Length, $"'{string.Join("', '", lines)}' is told, not '{string.Join("', '", Events)}'");
        Assert.Equal(lines.Order(), Events.Order());
    }

    private static string Name(IReadOnlyDictionary<string, string> properties) => properties.GetValueOrDefault("$Principal", "?");
}
