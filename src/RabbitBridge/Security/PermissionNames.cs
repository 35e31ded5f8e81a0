using System.Collections.Frozen;

namespace RabbitBridge.Security;

/// <summary>The permissions under the names that the originals give them.</summary>
internal static class PermissionNames
{
    private static readonly FrozenDictionary<string, Permission> Permissions = Enum.GetValues<Permission>()
        .ToFrozenDictionary(Of, static permission => permission, StringComparer.Ordinal);

    public static string Of(Permission permission) => permission switch
    {
        Permission.RegisterHandler => "REGISTER_HANDLER",
        Permission.ViewSession => "VIEW_SESSION",
        Permission.ModifySession => "MODIFY_SESSION",
        Permission.ControlServer => "CONTROL_SERVER",
        Permission.SendToMessageHandler => "SEND_TO_MESSAGE_HANDLER",
        Permission.SendToSession => "SEND_TO_SESSION",
        _ => throw new ArgumentOutOfRangeException(nameof(permission), permission, null),
    };

    public static bool IsGlobal(Permission permission) => permission is Permission.RegisterHandler or Permission.ViewSession or Permission.ModifySession or Permission.ControlServer;

    public static Permission? Find(string? name) => name is not null && Permissions.TryGetValue(name, out var permission) ? permission : null;

    /// <summary>The names of the global permissions, or of those by path, as messages list them.</summary>
    public static string All(bool global) => string.Join(", ", Enum.GetValues<Permission>().Where(permission => IsGlobal(permission) == global).Select(Of));
}
