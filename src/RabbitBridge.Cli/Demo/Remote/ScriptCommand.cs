namespace RabbitBridge.Cli.Demo.Remote;

/// <summary>What a session in JavaScript is to do; see <c>Scripts/participant.mjs</c>.</summary>
/// <param name="Command"><c>open</c> or <c>ask</c>.</param>
internal sealed record ScriptCommand(string Command)
{
    public string? Name { get; init; }

    public IReadOnlyList<Uri>? Addresses { get; init; }

    public string? Path { get; init; }

    public string? Expected { get; init; }

    public int? Repetitions { get; init; }
}
