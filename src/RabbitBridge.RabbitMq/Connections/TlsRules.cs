using RabbitBridge.RabbitMq.Tls;

namespace RabbitBridge.RabbitMq.Connections;

/// <summary>Which settings of TLS are allowed, alone and together.</summary>
internal static class TlsRules
{
    public static void Check(RabbitMqOptions options, List<string> problems)
    {
        var tls = options.Tls;
        if (options.Uri.Scheme != "amqps")
        {
            // Settings that do nothing would let somebody believe in a protection that is not there.
            problems.AddRange(Given(tls).Select(key => $"Tls:{key}: it needs TLS, and Uri is an amqp address; only amqps://host:port/vhost is allowed with it."));
            return;
        }

        if (tls.ServerName is { } name && Uri.CheckHostName(name) is UriHostNameType.Unknown or UriHostNameType.Basic)
            problems.Add($"Tls:ServerName '{name}': a host name or an IP address is allowed.");
        if (tls.TrustSystemToo && tls.CaFile is null)
            problems.Add("Tls:TrustSystemToo True: without Tls:CaFile the system's authorities are trusted anyway; set that, or leave this out.");
        if (tls.External)
            CheckExternal(options, problems);
        CheckClientCertificate(tls, problems);
        _ = TlsMaterial.Load(tls, problems);
    }

    private static void CheckExternal(RabbitMqOptions options, List<string> problems)
    {
        if (options.Tls is { CertificateFile: null, PfxFile: null })
            problems.Add("Tls:External True: the broker is to know the gateway by its certificate; Tls:CertificateFile with Tls:KeyFile, or Tls:PfxFile, is needed.");
        if (!BrokerLogin.HasUser(options))
            problems.Add("Tls:External True: neither Uri nor UserName or UserNameFile names a user; the one that the broker makes of the certificate is needed, as in amqps://user@host:port/vhost.");
        else if (BrokerLogin.HasPassword(options))
            problems.Add("Tls:External True: there is a password, in Uri, Password or PasswordFile, which would not be used; amqps://user@host:port/vhost is allowed.");
    }

    private static void CheckClientCertificate(RabbitMqTlsOptions tls, List<string> problems)
    {
        if (tls.PfxFile is not null && (tls.CertificateFile ?? tls.KeyFile) is not null)
            problems.Add("Tls:PfxFile: it excludes Tls:CertificateFile and Tls:KeyFile; one way to give a certificate is allowed.");
        else if (tls.CertificateFile is null != tls.KeyFile is null)
            problems.Add(tls.KeyFile is null ? "Tls:KeyFile: it is needed with Tls:CertificateFile." : "Tls:CertificateFile: it is needed with Tls:KeyFile.");
        if (tls.Password is not null && (tls.PfxFile ?? tls.KeyFile) is null)
            problems.Add("Tls:Password: it opens Tls:PfxFile or Tls:KeyFile, and neither is set.");
    }

    private static IEnumerable<string> Given(RabbitMqTlsOptions tls) => new (string Key, bool IsGiven)[]
    {
        (nameof(tls.CaFile), tls.CaFile is not null),
        (nameof(tls.TrustSystemToo), tls.TrustSystemToo),
        (nameof(tls.ServerName), tls.ServerName is not null),
        (nameof(tls.CertificateFile), tls.CertificateFile is not null),
        (nameof(tls.KeyFile), tls.KeyFile is not null),
        (nameof(tls.PfxFile), tls.PfxFile is not null),
        (nameof(tls.Password), tls.Password is not null),
        (nameof(tls.External), tls.External),
        (nameof(tls.AcceptAnyServer), tls.AcceptAnyServer),
    }.Where(static each => each.IsGiven).Select(static each => each.Key);
}
