using System.Text;

namespace RabbitBridge.Filters;

/// <summary><c>has KEY</c>: the property is set.</summary>
internal sealed class HasExpression(string key) : FilterExpression
{
    public string Key => key;

    public override bool Matches(IReadOnlyDictionary<string, string> properties) => properties.ContainsKey(key);

    public override void Print(StringBuilder text) => text.Append("has ").Append(key);
}
