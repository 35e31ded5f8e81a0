namespace RabbitBridge.Sessions;

/// <summary>The sessions that have one value of a property.</summary>
/// <param name="Entry">None, one, or a set of them.</param>
internal readonly record struct Posting(object? Entry)
{
    public static Posting Empty => default;

    public int Count => Entry switch
    {
        null => 0,
        Session => 1,
        _ => ((HashSet<Session>)Entry).Count,
    };

    public IEnumerable<Session> Sessions => Entry switch
    {
        null => [],
        Session session => [session],
        _ => (HashSet<Session>)Entry,
    };
}
