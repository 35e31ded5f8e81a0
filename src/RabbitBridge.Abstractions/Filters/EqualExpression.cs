using System.Text;

namespace RabbitBridge.Filters;

/// <summary><c>KEY is "value"</c>: the property is set, and is exactly this. Roles are compared as a set.</summary>
internal sealed class EqualExpression(string key, string value) : FilterExpression
{
    private readonly string _wanted = key == SessionProperty.Roles ? RoleSet.Format(RoleSet.Parse(value)) : value;

    public string Key => key;

    public string Value => value;

    public override bool Matches(IReadOnlyDictionary<string, string> properties) =>
        properties.TryGetValue(key, out var actual)
        && _wanted == (key == SessionProperty.Roles ? SessionRoles.Read(actual).Text : actual);

    public override void Print(StringBuilder text) => Print(text, "is");

    public void Print(StringBuilder text, string operation) =>
        FilterText.AppendQuoted(text.Append(key).Append(' ').Append(operation).Append(' '), value);
}
