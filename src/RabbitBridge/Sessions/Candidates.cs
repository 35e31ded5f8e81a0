namespace RabbitBridge.Sessions;

/// <summary>Sessions that a filter may select.</summary>
/// <param name="Count">How many there are, at most.</param>
/// <param name="Sessions">The sessions.</param>
internal readonly record struct Candidates(int Count, IEnumerable<Session> Sessions)
{
    public static Candidates None => new(0, []);
}
