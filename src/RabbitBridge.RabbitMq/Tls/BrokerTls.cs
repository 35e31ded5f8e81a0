using System.Net.Security;
using System.Security.Authentication;
using Microsoft.Extensions.Options;
using RabbitMQ.Client;

namespace RabbitBridge.RabbitMq.Tls;

/// <summary>Puts the settings of TLS into the client's.</summary>
internal static class BrokerTls
{
    /// <exception cref="OptionsValidationException">A file is not what it was when the options were checked.</exception>
    public static SslOption Create(RabbitMqOptions options, string host)
    {
        var tls = options.Tls;
        var ssl = new SslOption { Enabled = options.Uri.Scheme == "amqps" };
        if (!ssl.Enabled)
            return ssl;
        var problems = new List<string>();
        var material = TlsMaterial.Load(tls, problems);
        if (problems.Count > 0)
            throw new OptionsValidationException(nameof(RabbitMqOptions), typeof(RabbitMqOptions), problems);

        ssl.ServerName = tls.ServerName ?? host;
        // The system's choice.
        ssl.Version = SslProtocols.None;
        // RabbitMQ.Client tolerates a certificate for another host when the address is amqps; this check does not.
        ssl.AcceptablePolicyErrors = SslPolicyErrors.None;
#pragma warning disable CA5359 // Somebody has asked for it; the log warns whenever the gateway connects.
        ssl.CertificateValidationCallback = tls.AcceptAnyServer
            ? static (_, _, _, _) => true
            : new ServerCertificateCheck(ssl.ServerName, material.Authorities, tls.TrustSystemToo).Accept;
#pragma warning restore CA5359
        ssl.ClientCertificateContext = material.Own;
        return ssl;
    }
}
