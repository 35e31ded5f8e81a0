using RabbitBridge.Security;

namespace RabbitBridge.Gateway.IntegrationTests.Security;

/// <summary>A role of a test's configuration.</summary>
internal sealed record Role(string Name)
{
    public Permission[] Permissions { get; init; } = [];

    public Permission[] Defaults { get; init; } = [];

    public (string Path, Permission[] Permissions)[] Paths { get; init; } = [];

    /// <summary>The role as keys of a configuration.</summary>
    public IEnumerable<KeyValuePair<string, string?>> Settings()
    {
        var key = $"Security:Roles:{Name}";
        return
        [
            .. List($"{key}:Permissions", Permissions),
            .. List($"{key}:DefaultPathPermissions", Defaults),
            .. Paths.SelectMany(path => path.Permissions.Length == 0 ? [new($"{key}:Paths:{path.Path}", "")] : List($"{key}:Paths:{path.Path}", path.Permissions)),
        ];
    }

    private static IEnumerable<KeyValuePair<string, string?>> List(string key, Permission[] permissions) =>
        permissions.Select((permission, index) => new KeyValuePair<string, string?>($"{key}:{index}", PermissionNames.Of(permission)));
}
