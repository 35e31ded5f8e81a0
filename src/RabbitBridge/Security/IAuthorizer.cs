namespace RabbitBridge;

/// <summary>Decides what sessions and AMQP users may do. The default permits everything.</summary>
public interface IAuthorizer
{
    /// <summary>Decides one case. Called on the hot path: it must be quick and must not block.</summary>
    /// <param name="session">The session that acts.</param>
    /// <param name="permission">What it wants to do.</param>
    /// <param name="path">The message path for permissions by path; the root for global ones.</param>
    /// <returns>Whether it may.</returns>
    bool IsPermitted(ISession session, Permission permission, MessagePath path);

    /// <summary>
    /// Decides what a plain AMQP message may do. Gateways send such messages too, on behalf of sessions whose permissions they
    /// have checked: what one of them sends is to be permitted. Called for every message: it must be quick and must not block.
    /// </summary>
    /// <param name="amqpUser">The sender, as the broker has verified it; <see langword="null"/> if the message does not say.</param>
    /// <param name="permission">What it wants to do.</param>
    /// <param name="path">The message path for permissions by path; the root for global ones.</param>
    /// <returns>Whether it may. The default implementation permits everything.</returns>
    bool IsPermitted(string? amqpUser, Permission permission, MessagePath path) => true;

    /// <summary>
    /// Decides whether an AMQP user may speak as a gateway: send frames and presence, and name the session on whose behalf it
    /// asks. Called for every message: it must be quick and must not block.
    /// </summary>
    /// <param name="amqpUser">The sender, as the broker has verified it; <see langword="null"/> if the message does not say.</param>
    /// <returns>
    /// Whether it may. An implementation that says yes to a message without a user tells no users apart, as the default one does: then
    /// those are gateways who have the same broker user as the gateway that asks.
    /// </returns>
    bool IsGateway(string? amqpUser) => true;

    /// <summary>Decides whether a session may belong to a project. Asked when it opens.</summary>
    /// <param name="project">The project that it names.</param>
    /// <param name="roles">The session's roles.</param>
    /// <returns>Whether it may. The default implementation permits everything.</returns>
    bool MayBelong(string project, IReadOnlyCollection<string> roles) => true;

    /// <summary>The roles of an AMQP user, by which message handlers decide whether they hear it. It must be quick and must not block.</summary>
    /// <param name="amqpUser">The sender, as the broker has verified it; <see langword="null"/> if the message does not say.</param>
    /// <returns>The roles; <see langword="null"/> if the user is not known, and must not send project messages. The default implementation knows no roles, and lets everybody send.</returns>
    IReadOnlyCollection<string>? RolesOf(string? amqpUser) => [];
}
