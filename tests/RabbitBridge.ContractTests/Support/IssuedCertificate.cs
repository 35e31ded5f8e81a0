namespace RabbitBridge;

/// <summary>A certificate and its key, in the files in which people have them.</summary>
/// <param name="CertificateFile">PEM.</param>
/// <param name="KeyFile">PEM, not encrypted.</param>
/// <param name="EncryptedKeyFile">PEM, opened by <see cref="TestAuthority.Password"/>.</param>
/// <param name="PfxFile">PKCS #12, opened by <see cref="TestAuthority.Password"/>.</param>
public sealed record IssuedCertificate(string CertificateFile, string KeyFile, string EncryptedKeyFile, string PfxFile);
