namespace RabbitBridge;

/// <summary>Who opens a session, and what is known of them.</summary>
public sealed record SessionOptions
{
    /// <summary>The principal on whose behalf the session acts, 4,096 bytes in UTF-8 at most.</summary>
    /// <value>The default is empty: anonymous.</value>
    public string Principal { get; init; } = string.Empty;

    /// <summary>The roles of the session.</summary>
    /// <value>The default is none.</value>
    public IReadOnlyCollection<string> Roles { get; init; } = [];

    /// <summary>
    /// User properties. A key is not empty, does not start with <c>$</c>, and has no white space, quotes, parentheses,
    /// brackets, braces or commas; it has 255 bytes in UTF-8 at most, and a value 4,096. There may be 128.
    /// </summary>
    /// <value>The default is none.</value>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>();

    /// <summary>The project to which the session belongs, whose messages it may handle; 4,096 bytes in UTF-8 at most. The gateway may admit only some roles to it.</summary>
    /// <value>The default is none.</value>
    public string? Project { get; init; }

    /// <summary>The name of the host on which the session's user is, 4,096 bytes in UTF-8 at most.</summary>
    /// <value>The default is none.</value>
    public string? HostName { get; init; }

    /// <summary>Fixed properties of a client that is elsewhere, which only the gateway knows.</summary>
    internal IReadOnlyDictionary<string, string> FixedProperties { get; init; } = new Dictionary<string, string>();
}
