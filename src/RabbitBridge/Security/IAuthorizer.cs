namespace RabbitBridge;

/// <summary>Decides what sessions may do. The default permits everything.</summary>
public interface IAuthorizer
{
    /// <summary>Decides one case. Called on the hot path: it must be quick and must not block.</summary>
    /// <param name="session">The session that acts.</param>
    /// <param name="permission">What it wants to do.</param>
    /// <param name="path">The message path for permissions by path; the root for global ones.</param>
    /// <returns>Whether it may.</returns>
    bool IsPermitted(ISession session, Permission permission, MessagePath path);
}
