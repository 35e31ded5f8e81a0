using System.Collections.Frozen;

namespace RabbitBridge.AspNetCore.Remote;

/// <summary>The values of <c>$ClientType</c>; what else a client says is <see cref="Other"/>.</summary>
internal static class ClientTypes
{
    public const string Other = "OTHER";

    public static readonly FrozenSet<string> Known = FrozenSet.Create(StringComparer.Ordinal, "DOTNET", "JAVASCRIPT_BROWSER", "JAVASCRIPT_NODE", Other);
}
