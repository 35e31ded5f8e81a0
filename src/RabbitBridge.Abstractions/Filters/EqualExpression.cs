using System.Text;

namespace RabbitBridge.Filters;

/// <summary><c>KEY is "value"</c>: the property is set, and is exactly this. Roles are compared as a set.</summary>
internal sealed class EqualExpression(string key, string value) : FilterExpression
{
    public string Key => key;

    public string Value => value;

    public override bool Matches(IReadOnlyDictionary<string, string> properties) =>
        properties.TryGetValue(key, out var actual) && AreEqual(key, actual, value);

    public override void Print(StringBuilder text) => Print(text, "is");

    public void Print(StringBuilder text, string operation) =>
        FilterText.AppendQuoted(text.Append(key).Append(' ').Append(operation).Append(' '), value);

    /// <summary>Whether a property's value equals the one that a filter names.</summary>
    public static bool AreEqual(string key, string actual, string wanted) =>
        string.Equals(actual, wanted, StringComparison.Ordinal)
        || (key == SessionProperty.Roles && RoleSet.Parse(actual).SetEquals(RoleSet.Parse(wanted)));
}
