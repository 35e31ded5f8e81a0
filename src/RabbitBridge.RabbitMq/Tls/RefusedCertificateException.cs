using System.Security.Authentication;

namespace RabbitBridge.RabbitMq.Tls;

/// <summary>The gateway does not take the broker's certificate; the message tells which checks it has failed.</summary>
internal sealed class RefusedCertificateException(string message) : AuthenticationException(message);
