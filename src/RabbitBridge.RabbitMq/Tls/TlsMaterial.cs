using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace RabbitBridge.RabbitMq.Tls;

/// <summary>The certificates that the settings name.</summary>
/// <param name="Authorities">Those of <see cref="RabbitMqTlsOptions.CaFile"/>; <see langword="null"/> for the system's.</param>
/// <param name="Own">The gateway's own, with its key and what lies between it and its authority; <see langword="null"/> for none.</param>
internal sealed record TlsMaterial(X509Certificate2Collection? Authorities, SslStreamCertificateContext? Own)
{
    /// <summary>Reads the files.</summary>
    /// <param name="tls">Names them.</param>
    /// <param name="problems">Takes what is wrong with them, each with its key and what is allowed.</param>
    public static TlsMaterial Load(RabbitMqTlsOptions tls, List<string> problems) => new(
        tls.CaFile is { } authorities ? Try(problems, nameof(tls.CaFile), authorities, () => Authority(authorities)) : null,
        tls is { CertificateFile: { } certificate, KeyFile: { } key } ? FromPem(certificate, key, tls.Password, problems)
        : tls.PfxFile is { } pfx ? Try(problems, nameof(tls.PfxFile), pfx, () => FromPfx(pfx, tls.Password))
        : null);

    /// <summary>Whether a certificate is a root's, rather than one between a root and others.</summary>
    public static bool IsRoot(X509Certificate2 certificate) => certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);

    private static X509Certificate2Collection Authority(string file)
    {
        var authorities = Certificates(file);
        return authorities.Any(IsRoot)
            ? authorities
            : throw new CryptographicException("it holds no root, which has signed itself; a PEM file with the authority's own certificate is allowed.");
    }

    private static SslStreamCertificateContext? FromPem(string certificateFile, string keyFile, string? password, List<string> problems)
    {
        if (Try(problems, nameof(RabbitMqTlsOptions.CertificateFile), certificateFile, () => Certificates(certificateFile)) is not { } certificates)
            return null;
        return Try(problems, nameof(RabbitMqTlsOptions.KeyFile), keyFile, () => WithKey(certificates, File.ReadAllText(keyFile), password));
    }

    private static SslStreamCertificateContext WithKey(X509Certificate2Collection certificates, string key, string? password)
    {
        var certificate = certificates[0].ExportCertificatePem();
        try
        {
            using var own = password is null ? X509Certificate2.CreateFromPem(certificate, key) : X509Certificate2.CreateFromEncryptedPem(certificate, key, password);
            return Context(own, certificates);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            throw new CryptographicException(
                $"it is not the key of the certificate in Tls:CertificateFile ({exception.Message}) A PEM file with that is allowed; Tls:Password opens an encrypted one, and no other.", exception);
        }
    }

    private static SslStreamCertificateContext FromPfx(string file, string? password)
    {
        // Apart from opening it: the loader tells a file that is not there from a wrong password by its text only.
        var content = File.ReadAllBytes(file);
        X509Certificate2Collection all;
        try
        {
            all = X509CertificateLoader.LoadPkcs12Collection(content, password);
        }
        catch (CryptographicException exception)
        {
            throw new CryptographicException($"it cannot be opened ({exception.Message}) A PKCS #12 file is allowed, with its password in Tls:Password.", exception);
        }

        return all.FirstOrDefault(static each => each.HasPrivateKey) is { } own
            ? Context(own, all)
            : throw new CryptographicException("it holds no private key; a PKCS #12 file with the certificate and its key is allowed.");
    }

    // Through PKCS #12, because TLS on Windows cannot use a key that was never in a store.
    private static SslStreamCertificateContext Context(X509Certificate2 own, X509Certificate2Collection all) => SslStreamCertificateContext.Create(
        X509CertificateLoader.LoadPkcs12(own.Export(X509ContentType.Pkcs12), null),
        [.. all.Where(each => each.Thumbprint != own.Thumbprint)],
        // The broker decides whether the chain will do; nothing is to be downloaded for it.
        offline: true);

    private static X509Certificate2Collection Certificates(string file)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPemFile(file);
        }
        catch (CryptographicException exception)
        {
            throw new CryptographicException($"it holds a certificate that cannot be read ({exception.Message}) A PEM file is allowed.", exception);
        }

        return certificates.Count > 0
            ? certificates
            : throw new CryptographicException("it holds no certificate; a PEM file with BEGIN CERTIFICATE is allowed.");
    }

    private static T? Try<T>(List<string> problems, string key, string file, Func<T> load)
        where T : class
    {
        try
        {
            return load();
        }
        catch (CryptographicException exception)
        {
            problems.Add($"Tls:{key} '{file}': {exception.Message}");
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            problems.Add($"Tls:{key} '{file}': there is no such file; a file that the gateway's user may read is allowed.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            problems.Add($"Tls:{key} '{file}': it cannot be read ({exception.Message}) A file that the gateway's user may read is allowed.");
        }

        return null;
    }
}
