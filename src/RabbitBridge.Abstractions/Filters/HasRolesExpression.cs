using System.Text;

namespace RabbitBridge.Filters;

/// <summary><c>hasRoles ["a", "b"]</c>: the session has all of these roles, and perhaps others.</summary>
internal sealed class HasRolesExpression(IReadOnlyList<string> roles) : FilterExpression
{
    public IReadOnlyList<string> Roles => roles;

    public override bool Matches(IReadOnlyDictionary<string, string> properties) =>
        properties.TryGetValue(SessionProperty.Roles, out var text) && SessionRoles.Read(text).Roles.IsSupersetOf(roles);

    public override void Print(StringBuilder text) => FilterText.AppendList(text.Append("hasRoles "), roles);
}
