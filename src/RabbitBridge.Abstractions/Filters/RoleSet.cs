namespace RabbitBridge.Filters;

/// <summary>
/// The roles of a session as text: each in quotes, escaped, joined by commas, in ordinal order. In filters the order does not
/// matter, white space may separate, and a role without special characters needs no quotes.
/// </summary>
internal static class RoleSet
{
    /// <summary>The canonical text of a set of roles.</summary>
    public static string Format(IEnumerable<string> roles) => string.Join(
        ',',
        roles.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(static role => $"\"{FilterText.Escape(role)}\""));

    /// <summary>Reads the text of a set of roles. Whatever the text, something is read: a comparison is no place for errors.</summary>
    public static HashSet<string> Parse(string text)
    {
        var roles = new HashSet<string>(StringComparer.Ordinal);
        for (var at = 0; at < text.Length;)
        {
            if (text[at] is ',' or ' ' or '\t' or '\r' or '\n')
                at++;
            else if (text[at] is '"' or '\'')
                roles.Add(ReadQuoted(text, ref at));
            else
                roles.Add(ReadBare(text, ref at));
        }

        return roles;
    }

    private static string ReadQuoted(string text, ref int at)
    {
        var quote = text[at++];
        var role = new System.Text.StringBuilder();
        for (; at < text.Length && text[at] != quote; at++)
        {
            if (text[at] == '\\' && at + 1 < text.Length)
                at++;
            role.Append(text[at]);
        }

        at++;
        return role.ToString();
    }

    private static string ReadBare(string text, ref int at)
    {
        var start = at;
        while (at < text.Length && text[at] is not (',' or ' ' or '\t' or '\r' or '\n'))
            at++;
        return text[start..at];
    }
}
