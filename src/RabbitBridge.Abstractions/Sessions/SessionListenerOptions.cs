namespace RabbitBridge;

/// <summary>What a session listener wants to be told.</summary>
public sealed record SessionListenerOptions
{
    /// <summary>The sessions of interest.</summary>
    /// <value>The default is all.</value>
    public SessionFilter Filter { get; init; } = SessionFilter.All;

    /// <summary>The keys of the properties to be given with each event, or <see cref="SessionProperty.AllFixed"/> and <see cref="SessionProperty.AllUser"/>.</summary>
    /// <value>The default is all.</value>
    public IReadOnlyCollection<string> Properties { get; init; } = [SessionProperty.AllFixed, SessionProperty.AllUser];
}
