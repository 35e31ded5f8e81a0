namespace RabbitBridge.Settings;

/// <summary>Settings as messages and logs may show them: nothing that may be a password, a token, a key or a hash.</summary>
internal static class ShownSetting
{
    private const string Hidden = "(not shown: it may hold a secret)";
    private const int MaxLength = 200;

    private static readonly string[] SecretWords = ["password", "secret", "token", "hash", "key", "pem", "credential"];

    /// <summary>A value under a key, which decides whether it can be a secret.</summary>
    public static string Value(string key, string value)
    {
        if (SecretWords.Any(word => key.Contains(word, StringComparison.OrdinalIgnoreCase)) || value.Contains("-----BEGIN", StringComparison.Ordinal))
            return Hidden;
        if (value.Contains('@', StringComparison.Ordinal) || value.Contains("//", StringComparison.Ordinal))
            return Address(value);
        return Quoted(value);
    }

    /// <summary>An address without what may be a user's password, and not at all if it cannot be told where that is.</summary>
    public static string Address(string? text)
    {
        if (Uri.TryCreate(text, UriKind.Absolute, out var uri))
            return Address(uri);
        return text is null || !text.AsSpan().ContainsAny(":@") ? Quoted(text ?? string.Empty) : Hidden;
    }

    /// <inheritdoc cref="Address(string)"/>
    public static string Address(Uri? uri)
    {
        if (uri is not { IsAbsoluteUri: true })
            return Address(uri?.OriginalString);
        // A password with an unescaped / has its rest, and the @ behind it, in the path.
        return uri.Host.Length > 0 && !uri.AbsolutePath.Contains('@', StringComparison.Ordinal)
            ? Quoted(uri.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped))
            : Hidden;
    }

    private static string Quoted(string text) => $"'{(text.Length > MaxLength ? $"{text.AsSpan(0, MaxLength)}…" : text).ReplaceLineEndings(" ")}'";
}
