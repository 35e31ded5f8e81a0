namespace RabbitBridge.Security;

/// <summary>A set of permissions.</summary>
internal readonly record struct PermissionSet(int Bits)
{
    /// <summary>Reads the names of a configuration that has been checked.</summary>
    public static PermissionSet Of(IEnumerable<string> names) =>
        names.Aggregate(default(PermissionSet), static (set, name) => set | new PermissionSet(1 << (int)PermissionNames.Find(name)!.Value));

    public bool Contains(Permission permission) => (Bits & (1 << (int)permission)) != 0;

    public static PermissionSet operator |(PermissionSet left, PermissionSet right) => new(left.Bits | right.Bits);
}
