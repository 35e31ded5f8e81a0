namespace RabbitBridge;

/// <summary>
/// How a gateway and its broker prove to each other who they are, over <c>amqps</c>. The files are read when the gateway starts. Without any of
/// these settings the broker's certificate must be for the host name in <see cref="RabbitMqOptions.Uri"/>, and from an authority that the
/// operating system trusts.
/// </summary>
/// <remarks>Any of these settings is a mistake while <see cref="RabbitMqOptions.Uri"/> is not an <c>amqps</c> address.</remarks>
public sealed class RabbitMqTlsOptions
{
    /// <summary>A PEM file with the certificates of the authorities that may have signed the broker's certificate, instead of the system's.</summary>
    /// <value>The default is <see langword="null"/>: those of the system. At least one root (self-signed); intermediate ones may follow.</value>
    public string? CaFile { get; set; }

    /// <summary>Whether the system's authorities are trusted besides those of <see cref="CaFile"/>.</summary>
    /// <value>The default is <see langword="false"/>. <see langword="true"/> needs <see cref="CaFile"/>.</value>
    public bool TrustSystemToo { get; set; }

    /// <summary>The name that the broker's certificate must be for, and that is told to the broker (SNI).</summary>
    /// <value>The default is <see langword="null"/>: the host in <see cref="RabbitMqOptions.Uri"/>. A host name or an IP address.</value>
    public string? ServerName { get; set; }

    /// <summary>A PEM file with the gateway's own certificate, which the broker may ask for; intermediate ones may follow.</summary>
    /// <value>The default is <see langword="null"/>: none. It needs <see cref="KeyFile"/>, and excludes <see cref="PfxFile"/>.</value>
    public string? CertificateFile { get; set; }

    /// <summary>A PEM file with the private key of <see cref="CertificateFile"/>; if it is encrypted, <see cref="Password"/> opens it.</summary>
    /// <value>The default is <see langword="null"/>: none.</value>
    public string? KeyFile { get; set; }

    /// <summary>A PKCS #12 file with the gateway's own certificate and its private key, opened by <see cref="Password"/>.</summary>
    /// <value>The default is <see langword="null"/>: none. It excludes <see cref="CertificateFile"/>.</value>
    public string? PfxFile { get; set; }

    /// <summary>Opens <see cref="PfxFile"/>, or an encrypted <see cref="KeyFile"/>. It is never told in a message or log.</summary>
    /// <value>The default is <see langword="null"/>: they are not encrypted.</value>
    public string? Password { get; set; }

    /// <summary>
    /// Whether the gateway logs in by its certificate, with the mechanism EXTERNAL, instead of a password. The broker needs the plugin
    /// <c>rabbitmq_auth_mechanism_ssl</c>, and <c>EXTERNAL</c> among its <c>auth_mechanisms</c>. The user in <see cref="RabbitMqOptions.Uri"/>
    /// is then the one that the broker makes of the certificate (<c>ssl_cert_login_from</c>), without a password: the gateway's messages name it.
    /// </summary>
    /// <value>The default is <see langword="false"/>. <see langword="true"/> needs a certificate.</value>
    public bool External { get; set; }

    /// <summary>
    /// Takes whatever certificate the broker shows: whoever is on the way can read and change everything, passwords included. For finding a fault
    /// only; the gateway logs a warning each time it connects.
    /// </summary>
    /// <value>The default is <see langword="false"/>: the broker's certificate is checked.</value>
    public bool AcceptAnyServer { get; set; }
}
