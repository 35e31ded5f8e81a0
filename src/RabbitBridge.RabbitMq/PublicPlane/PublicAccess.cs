using RabbitBridge.RabbitMq.Connections;
using RabbitBridge.RabbitMq.Diagnostics;
using RabbitBridge.Security;
using RabbitMQ.Client;

namespace RabbitBridge.RabbitMq.PublicPlane;

/// <summary>Decides what plain AMQP messages may do, by the user whom the broker has verified.</summary>
internal static class PublicAccess
{
    /// <param name="properties">The properties of the message.</param>
    /// <param name="path">Where it wants to go.</param>
    /// <param name="epoch">The epoch in which it came.</param>
    /// <param name="problem">For the sender, if it may not.</param>
    /// <param name="permissions">What it needs for that.</param>
    /// <returns>Whether it may; if not, the fault is counted.</returns>
    public static bool IsPermitted(
        IReadOnlyBasicProperties properties, MessagePath path, Epoch epoch, out (ErrorReason Reason, string Text) problem, params ReadOnlySpan<Permission> permissions)
    {
        problem = default;
        foreach (var permission in permissions)
        {
            if (epoch.Authorizer.IsPermitted(properties.UserId, permission, path))
                continue;
            var lack = PermissionNames.IsGlobal(permission) ? PermissionNames.Of(permission) : $"{PermissionNames.Of(permission)} on '{path}'";
            var text = properties.UserId is { } user
                ? $"The AMQP user '{user}' lacks the permission {lack}."
                : $"The message has no user_id, so it lacks the permission {lack}.";
            epoch.Faults.Report(InputFault.AccessDenied, text);
            problem = (ErrorReason.AccessDenied, text);
            return false;
        }

        return true;
    }
}
