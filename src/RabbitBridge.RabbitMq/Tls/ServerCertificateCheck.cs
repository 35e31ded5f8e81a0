using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace RabbitBridge.RabbitMq.Tls;

/// <summary>Decides whether the broker's certificate is taken.</summary>
/// <param name="serverName">The name that it must be for.</param>
/// <param name="authorities">Who may have signed it; <see langword="null"/> for whom the system trusts.</param>
/// <param name="trustSystemToo">Whether the system's trust is enough though there are <paramref name="authorities"/>.</param>
internal sealed class ServerCertificateCheck(string serverName, X509Certificate2Collection? authorities, bool trustSystemToo)
{
    // TLS server authentication: an authority also signs certificates for other purposes, a client's among them.
    private const string ServerPurpose = "1.3.6.1.5.5.7.3.1";

    /// <summary>Takes the certificate.</summary>
    /// <exception cref="RefusedCertificateException">A check has failed.</exception>
    public bool Accept(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is not X509Certificate2 shown)
            throw new RefusedCertificateException("The broker shows no certificate.");
        var failures = new List<string>();
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
            failures.Add($"the name: it is for {Names(shown)}, and not for '{serverName}' (Tls:ServerName, or the host in Uri)");
        var trusted = errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors) ? Failed(chain, shown) : null;
        if (authorities is not null && (trusted is not null || !trustSystemToo))
            trusted = CheckAuthorities(shown, chain);
        if (trusted is not null)
            failures.Add($"the chain: {trusted} (trusted are {(authorities is null ? "the system's authorities; Tls:CaFile names others" : trustSystemToo ? "those in Tls:CaFile and the system's" : "those in Tls:CaFile only")})");
        if (failures.Count > 0)
            throw new RefusedCertificateException($"The broker's certificate ({shown.Subject}, issued by {shown.Issuer}) is refused. {Sentence(string.Join("; ", failures))}");
        return true;
    }

    /// <returns>What is wrong; <see langword="null"/> for nothing.</returns>
    private string? CheckAuthorities(X509Certificate2 shown, X509Chain? sent)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ServerPurpose));
        foreach (var authority in authorities!)
            (TlsMaterial.IsRoot(authority) ? chain.ChainPolicy.CustomTrustStore : chain.ChainPolicy.ExtraStore).Add(authority);
        // What the broker has sent between its certificate and the root.
        if (sent is not null)
            chain.ChainPolicy.ExtraStore.AddRange(sent.ChainPolicy.ExtraStore);
        return chain.Build(shown) ? null : Failed(chain, shown);
    }

    private static string Failed(X509Chain? chain, X509Certificate2 shown) =>
        string.Join(", ", (chain?.ChainStatus ?? []).Select(status => Describe(status, shown)).Distinct(StringComparer.Ordinal)) is { Length: > 0 } text ? text : "it cannot be verified";

    private static string Describe(X509ChainStatus status, X509Certificate2 shown) => status.Status switch
    {
        X509ChainStatusFlags.UntrustedRoot or X509ChainStatusFlags.PartialChain => $"no trusted authority has signed it ({status.Status})",
        X509ChainStatusFlags.NotTimeValid => string.Create(
            CultureInfo.InvariantCulture, $"it, or one above it, is not valid now ({status.Status}; it is from {shown.NotBefore.ToUniversalTime():u} to {shown.NotAfter.ToUniversalTime():u})"),
        _ => $"{status.StatusInformation.TrimEnd('.')} ({status.Status})",
    };

    private static string Names(X509Certificate2 shown)
    {
        var names = shown.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(static each => each.EnumerateDnsNames().Concat(each.EnumerateIPAddresses().Select(static address => address.ToString())))
            .Select(static name => $"'{name}'").ToArray();
        return names.Length > 0 ? string.Join(", ", names) : "no host name";
    }

    private static string Sentence(string text) => $"{char.ToUpperInvariant(text[0])}{text[1..]}.";
}
