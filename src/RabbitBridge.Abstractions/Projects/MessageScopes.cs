namespace RabbitBridge;

/// <summary>The letters of scopes.</summary>
public static class MessageScopes
{
    /// <summary>Reads <c>C</c>, <c>G</c>, <c>CG</c> or <c>GC</c>.</summary>
    /// <param name="text">The letters.</param>
    /// <returns>The scope.</returns>
    /// <exception cref="InvalidMessageDataException">They are no scope.</exception>
    public static MessageScope Parse(string text) => text switch
    {
        "C" => MessageScope.Clients,
        "G" => MessageScope.Gateway,
        "CG" or "GC" => MessageScope.ClientsAndGateway,
        _ => throw new InvalidMessageDataException($"The scope '{text}' is none: C for clients, G for the gateway, or CG for both."),
    };

    /// <summary>The letters of a scope.</summary>
    /// <param name="scope">The scope.</param>
    /// <returns><c>C</c>, <c>G</c> or <c>CG</c>.</returns>
    /// <exception cref="InvalidMessageDataException">It is none of the scopes.</exception>
    public static string Format(MessageScope scope) => scope switch
    {
        MessageScope.Clients => "C",
        MessageScope.Gateway => "G",
        MessageScope.ClientsAndGateway => "CG",
        _ => throw new InvalidMessageDataException($"The scope {(int)scope} is none: Clients, Gateway, or both."),
    };
}
