namespace RabbitBridge.Cli.Doctor;

/// <summary>Finds out from the broker's refusal which of several permissions is missing.</summary>
internal static class AccessRefusal
{
    private static readonly string[] Permissions = ["configure", "write", "read"];

    /// <param name="reply">The broker's text, such as <c>ACCESS_REFUSED - access to queue 'x' in vhost '/' refused for user 'u'</c>; since 3.12 with the permission.</param>
    /// <param name="needed">What the operation needs.</param>
    public static NeededPermission Find(string reply, IReadOnlyList<NeededPermission> needed)
    {
        var named = needed.Where(each => reply.Contains($"{each.Kind} '{each.Name}'", StringComparison.Ordinal)).ToArray();
        var told = Permissions.FirstOrDefault(each => reply.Contains($"{each} access to", StringComparison.Ordinal));
        return named.FirstOrDefault(each => each.Permission == told) ?? named.FirstOrDefault() ?? needed[0];
    }
}
