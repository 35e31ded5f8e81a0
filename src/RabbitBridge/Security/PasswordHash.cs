using System.Globalization;
using System.Security.Cryptography;

namespace RabbitBridge;

/// <summary>
/// Hashes of passwords, as a configuration holds them: <c>pbkdf2-sha512$iterations$salt$hash</c>, salt and hash in base64. The
/// function is PBKDF2 with HMAC-SHA-512.
/// </summary>
public static class PasswordHash
{
    /// <summary>How often the function is applied unless told otherwise.</summary>
    public const int DefaultIterations = 210_000;

    internal const int MinIterations = 100_000;
    internal const int MaxIterations = 10_000_000;
    internal const string Format = "pbkdf2-sha512$iterations$salt$hash";

    private const string Scheme = "pbkdf2-sha512";
    private const int SaltBytes = 16;
    private const int HashBytes = 64;

    /// <summary>Makes the hash of a password, with a salt of its own.</summary>
    /// <param name="password">The password; not empty.</param>
    /// <param name="iterations">How often the function is applied: from 100,000 to 10,000,000.</param>
    /// <returns>The hash, one line without white space.</returns>
    /// <exception cref="ArgumentException">The password is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The iterations are too few or too many.</exception>
    public static string Create(string password, int iterations = DefaultIterations)
    {
        ArgumentException.ThrowIfNullOrEmpty(password);
        ArgumentOutOfRangeException.ThrowIfLessThan(iterations, MinIterations);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(iterations, MaxIterations);
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Scheme}${iterations}${Convert.ToBase64String(salt)}${Convert.ToBase64String(Derive(password, salt, iterations))}");
    }

    /// <summary>Compares a password with a hash, in a time that does not tell how alike they are.</summary>
    /// <param name="hash">What <see cref="Create"/> returned.</param>
    /// <param name="password">The password.</param>
    /// <returns>Whether it is the password of which the hash was made.</returns>
    /// <exception cref="FormatException">The hash cannot be read; the message says why.</exception>
    public static bool Verify(string hash, string password)
    {
        ArgumentNullException.ThrowIfNull(hash);
        ArgumentNullException.ThrowIfNull(password);
        return TryParse(hash, out var parts, out var problem)
            ? CryptographicOperations.FixedTimeEquals(parts.Hash, Derive(password, parts.Salt, parts.Iterations))
            : throw new FormatException($"The hash is not readable: {problem}.");
    }

    internal static bool TryParse(string text, out (int Iterations, byte[] Salt, byte[] Hash) parts, out string? problem)
    {
        parts = (0, [], []);
        var fields = text.Split('$');
        if (fields.Length != 4 || fields[0] != Scheme)
            problem = $"it has not the form {Format}";
        else if (!int.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out var iterations) || iterations is < MinIterations or > MaxIterations)
            problem = $"'{Filters.FilterText.Show(fields[1])}' iterations; from {MinIterations} to {MaxIterations} are allowed";
        else if (!TryDecode(fields[2], out var salt) || salt.Length < SaltBytes)
            problem = $"the salt is not base64 of at least {SaltBytes} bytes";
        else if (!TryDecode(fields[3], out var hash) || hash.Length != HashBytes)
            problem = $"the hash is not base64 of {HashBytes} bytes";
        else
            (parts, problem) = ((iterations, salt, hash), null);
        return problem is null;
    }

    internal static byte[] Derive(string password, byte[] salt, int iterations) =>
        Rfc2898DeriveBytes.Pbkdf2(password, salt, iterations, HashAlgorithmName.SHA512, HashBytes);

    private static bool TryDecode(string text, out byte[] bytes)
    {
        bytes = new byte[text.Length];
        var isBase64 = Convert.TryFromBase64String(text, bytes, out var length);
        bytes = bytes[..length];
        return isBase64;
    }
}
