using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace RabbitBridge;

/// <summary>
/// A session's identifier, unique in the whole fabric. Its text is two 16-digit lower-case hexadecimal parts joined by
/// <c>-</c>; the first part tells the gateway process that hosts the session.
/// </summary>
/// <param name="Gateway">The instance number of the gateway process that hosts the session.</param>
/// <param name="Session">The session's own number, drawn at random so that it cannot be guessed from another one.</param>
public readonly record struct SessionId(ulong Gateway, ulong Session)
{
    private const int PartLength = 16;
    private const int TextLength = (2 * PartLength) + 1;

    /// <summary>Reads the text form.</summary>
    /// <param name="text">Two 16-digit hexadecimal parts joined by <c>-</c>.</param>
    /// <returns>The identifier.</returns>
    /// <exception cref="FormatException">The text is not of that form.</exception>
    public static SessionId Parse(string text) => TryParse(text, out var id)
        ? id
        : throw new FormatException($"'{text}' is not a session id; it has two 16-digit hexadecimal parts joined by '-'.");

    /// <summary>Reads the text form, without throwing.</summary>
    /// <param name="text">The text.</param>
    /// <param name="id">The identifier when the result is <see langword="true"/>.</param>
    /// <returns>Whether the text is a session id.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out SessionId id)
    {
        id = default;
        if (text is not { Length: TextLength } || text[PartLength] != '-')
            return false;
        if (!ulong.TryParse(text.AsSpan(0, PartLength), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var gateway)
            || !ulong.TryParse(text.AsSpan(PartLength + 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var session))
            return false;
        id = new SessionId(gateway, session);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Gateway:x16}-{Session:x16}");
}
