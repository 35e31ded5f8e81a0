namespace RabbitBridge;

/// <summary>What a role may do. Permissions have the originals' names, such as <c>SEND_TO_SESSION</c>.</summary>
public sealed class RoleOptions
{
    /// <summary>Roles whose permissions this one has too. Circles are not allowed.</summary>
    /// <value>The default is none.</value>
    public IList<string> Includes { get; } = [];

    /// <summary>Global permissions: <c>REGISTER_HANDLER</c>, <c>VIEW_SESSION</c>, <c>MODIFY_SESSION</c>.</summary>
    /// <value>The default is none.</value>
    public IList<string> Permissions { get; } = [];

    /// <summary>
    /// The permissions on paths for which neither they nor a path above them has an assignment to any of the session's roles:
    /// <c>SEND_TO_MESSAGE_HANDLER</c>, <c>SEND_TO_SESSION</c>.
    /// </summary>
    /// <value>The default is none.</value>
    public IList<string> DefaultPathPermissions { get; } = [];

    /// <summary>
    /// Permissions on a path and on those below it down to the next assignment. The nearest assignment holds, though it be
    /// empty. <c>/</c> is the root.
    /// </summary>
    /// <value>The default is none.</value>
    public IDictionary<string, List<string>> Paths { get; } = new Dictionary<string, List<string>>(StringComparer.Ordinal);
}
