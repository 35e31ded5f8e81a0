using System.Security.Cryptography;

namespace RabbitBridge.Security;

/// <summary>A key of the configuration: a secret or a public key. Which of them it is says which algorithms it may verify.</summary>
internal sealed class JwtKey
{
    private const int MinSecretBytes = 32;
    private const int MinRsaBits = 2048;
    private const string Begin = "-----BEGIN";

    private JwtKey()
    {
    }

    public byte[]? Secret { get; private init; }

    public RSAParameters? Rsa { get; private init; }

    public ECParameters? Curve { get; private init; }

    /// <summary>The names of the algorithms for which the key may be used.</summary>
    public IReadOnlyList<string> Algorithms { get; private init; } = [];

    /// <exception cref="FormatException">The text is no key; the message says what is wrong and what is allowed.</exception>
    public static JwtKey Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            throw new FormatException($"the key is empty; a base64 secret of at least {MinSecretBytes} bytes or a public key as PEM is needed");
        try
        {
            return text.Contains(Begin, StringComparison.Ordinal) ? ParsePem(text) : ParseSecret(text.Trim());
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException or NotSupportedException)
        {
            throw new FormatException($"the PEM cannot be read ({exception.Message.TrimEnd('.')}); a PUBLIC KEY of RSA or an elliptic curve is needed", exception);
        }
    }

    private static JwtKey ParseSecret(string text)
    {
        var bytes = new byte[text.Length];
        if (!Convert.TryFromBase64String(text, bytes, out var length))
            throw new FormatException("the key is neither base64 nor PEM");
        if (length < MinSecretBytes)
            throw new FormatException($"the secret has {length} bytes; at least {MinSecretBytes} are needed, from a random generator");
        return new JwtKey { Secret = bytes[..length], Algorithms = ["HS256", "HS384", "HS512"] };
    }

    private static JwtKey ParsePem(string text)
    {
        if (!PemEncoding.TryFind(text, out var fields))
            throw new FormatException("the PEM cannot be read: it needs a line -----BEGIN PUBLIC KEY-----, base64, and a line -----END PUBLIC KEY-----");
        var label = text[fields.Label];
        if (label.EndsWith("PRIVATE KEY", StringComparison.Ordinal))
            throw new FormatException("the PEM is a private key, which belongs to the issuer alone; the public key is needed here");
        return label switch
        {
            "RSA PUBLIC KEY" => ParseRsa(text),
            "PUBLIC KEY" => IsRsa(text) ? ParseRsa(text) : ParseCurve(text),
            _ => throw new FormatException($"the PEM is a {label}; a PUBLIC KEY is needed"),
        };
    }

    private static bool IsRsa(string text)
    {
        try
        {
            using var rsa = RSA.Create();
            rsa.ImportFromPem(text);
            return true;
        }
        catch (CryptographicException)
        {
            // The same label stands for keys of any kind.
            return false;
        }
    }

    private static JwtKey ParseRsa(string text)
    {
        using var rsa = RSA.Create();
        rsa.ImportFromPem(text);
        if (rsa.KeySize < MinRsaBits)
            throw new FormatException($"the RSA key has {rsa.KeySize} bits; at least {MinRsaBits} are needed");
        return new JwtKey
        {
            Rsa = rsa.ExportParameters(includePrivateParameters: false),
            Algorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
        };
    }

    private static JwtKey ParseCurve(string text)
    {
        using var curve = ECDsa.Create();
        curve.ImportFromPem(text);
        return new JwtKey
        {
            Curve = curve.ExportParameters(includePrivateParameters: false),
            Algorithms = curve.KeySize switch
            {
                256 => ["ES256"],
                384 => ["ES384"],
                521 => ["ES512"],
                var bits => throw new FormatException($"the curve has {bits} bits; P-256, P-384 and P-521 are allowed"),
            },
        };
    }
}
