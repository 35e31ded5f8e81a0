using System.Collections.Frozen;
using System.Text;

namespace RabbitBridge.Filters;

/// <summary><c>KEY in ["a", "b"]</c>: the property is set, and is one of these.</summary>
internal sealed class InExpression(string key, IReadOnlyList<string> values) : FilterExpression
{
    private readonly FrozenSet<string> _wanted =
        (key == SessionProperty.Roles ? values.Select(static value => RoleSet.Format(RoleSet.Parse(value))) : values).ToFrozenSet(StringComparer.Ordinal);

    public string Key => key;

    public IReadOnlyList<string> Values => values;

    public override bool Matches(IReadOnlyDictionary<string, string> properties) =>
        properties.TryGetValue(key, out var actual)
        && _wanted.Contains(key == SessionProperty.Roles ? SessionRoles.Read(actual).Text : actual);

    public override void Print(StringBuilder text) => FilterText.AppendList(text.Append(key).Append(" in "), values);
}
