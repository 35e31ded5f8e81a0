using System.Text;

namespace RabbitBridge.Filters;

/// <summary><c>all</c>: every session.</summary>
internal sealed class AllExpression : FilterExpression
{
    public static AllExpression Instance { get; } = new();

    public override bool Matches(IReadOnlyDictionary<string, string> properties) => true;

    public override void Print(StringBuilder text) => text.Append("all");
}
