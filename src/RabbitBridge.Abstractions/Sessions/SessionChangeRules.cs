using System.Globalization;
using System.Text;
using RabbitBridge.Filters;

namespace RabbitBridge.Sessions;

/// <summary>What may be asked of sessions: checked where it is asked, and again where it arrives.</summary>
internal static class SessionChangeRules
{
    /// <summary>The most bytes, in UTF-8, of a property's key and of a role's name: what one AMQP short string takes.</summary>
    public const int MaxNameBytes = 255;

    /// <summary>The most bytes, in UTF-8, of a property's value.</summary>
    public const int MaxValueBytes = 4096;

    /// <summary>The most user properties that a client may propose or give a session, and the most roles that it may have by changes.</summary>
    public const int MaxCount = 128;

    /// <summary>The most keys of properties that a handler or a listener may name: more than clients and gateways give a session.</summary>
    public const int MaxSelected = 256;

    private static readonly string[] Settable = [SessionProperty.Country, SessionProperty.Language, SessionProperty.Latitude, SessionProperty.Longitude];

    /// <exception cref="ArgumentException">A user property cannot have this key.</exception>
    public static void CheckUserKey(string key)
    {
        if (key.Length == 0)
            throw new ArgumentException("A session property's key is empty.", nameof(key));
        CheckName(key, "key of a session property");
        if (key[0] is '$' or '*')
            throw new ArgumentException($"The session property '{FilterText.Show(key)}' cannot be set: keys starting with '$' or '*' belong to the gateway.", nameof(key));
        if (key.AsSpan().ContainsAny(FilterLexer.EndOfWord))
            throw new ArgumentException($"The session property '{FilterText.Show(key)}' has white space, a quote, a parenthesis, a bracket, a brace or a comma in its key.", nameof(key));
    }

    /// <exception cref="ArgumentException">The property cannot be set.</exception>
    public static void CheckSettable(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (!key.StartsWith('$'))
        {
            CheckUserKey(key);
        }
        else if (!Settable.Contains(key, StringComparer.Ordinal))
        {
            throw new ArgumentException(
                $"The session property '{FilterText.Show(key)}' cannot be set: of the keys starting with '$', {string.Join(", ", Settable)} may be set; the others belong to the gateway.", nameof(key));
        }
    }

    /// <exception cref="ArgumentException">There are too many.</exception>
    public static void CheckCount(int properties)
    {
        if (properties > MaxCount)
            throw new ArgumentException($"There are {properties} session properties; {MaxCount} are allowed.", nameof(properties));
    }

    /// <summary>Checks what a client proposes for its session: only sizes, for the rest decides who is trusted with what.</summary>
    /// <exception cref="ArgumentException">There are too many, or one is too long.</exception>
    public static void CheckProposed(IReadOnlyDictionary<string, string> properties)
    {
        CheckCount(properties.Count);
        foreach (var (key, value) in properties)
        {
            CheckName(key, "key of a session property");
            if (value is not null)
                CheckValue(key, value);
        }
    }

    /// <exception cref="ArgumentException">It is no text, or too long.</exception>
    public static void CheckProject(string name) => CheckName(name, "name of a project");

    /// <summary>Checks of which properties a handler or a listener wants to be told.</summary>
    /// <exception cref="ArgumentException">There are too many, or one is too long.</exception>
    public static void CheckSelection(IReadOnlyCollection<string> keys)
    {
        if (keys.Count > MaxSelected)
            throw new ArgumentException($"There are {keys.Count} keys of session properties; {MaxSelected} may be asked for, or {SessionProperty.AllFixed} and {SessionProperty.AllUser} for all.", nameof(keys));
        foreach (var key in keys)
            CheckName(key, "key of a session property");
    }

    /// <exception cref="ArgumentException">The value is no text, or too long.</exception>
    public static void CheckValue(string key, string value)
    {
        // No text has fewer bytes than UTF-16 units; the count of a very long one would cost more than it tells.
        var bytes = value.Length > MaxValueBytes ? value.Length : Encoding.UTF8.GetByteCount(value);
        if (bytes > MaxValueBytes)
            throw new ArgumentException($"The value of the session property '{FilterText.Show(key)}' has {AtLeast(value, MaxValueBytes)}{bytes} bytes in UTF-8; {MaxValueBytes} are allowed.", nameof(value));
        if (Utf8.IndexOfHalf(value) is >= 0 and var index)
            throw new ArgumentException($"The value of the session property '{FilterText.Show(key)}' has half of a surrogate pair at index {index}, which no UTF-8 stands for.", nameof(value));
    }

    /// <summary>Whether it is a fixed property that may be set.</summary>
    public static bool IsSettableFixed(string key) => Settable.Contains(key, StringComparer.Ordinal);

    /// <exception cref="ArgumentException">There is nothing to change, a role comes and goes, there are too many, or a name is empty, no text or too long.</exception>
    public static void CheckRoles(IReadOnlyCollection<string> remove, IReadOnlyCollection<string> add)
    {
        ArgumentNullException.ThrowIfNull(remove);
        ArgumentNullException.ThrowIfNull(add);
        if (remove.Count == 0 && add.Count == 0)
            throw new ArgumentException("There is no role to remove and none to add.", nameof(add));
        CheckRoleNames(remove);
        CheckRoleNames(add);
        if (remove.Intersect(add, StringComparer.Ordinal).FirstOrDefault() is { } both)
            throw new ArgumentException($"The role '{both}' is both to be removed and to be added.", nameof(add));
    }

    /// <exception cref="ArgumentException">There are too many.</exception>
    public static void CheckRoleCount(int roles)
    {
        if (roles > MaxCount)
            throw new ArgumentException($"There are {roles} roles; {MaxCount} are allowed.", nameof(roles));
    }

    private static void CheckRoleNames(IReadOnlyCollection<string> roles)
    {
        CheckRoleCount(roles.Count);
        foreach (var role in roles)
        {
            if (string.IsNullOrWhiteSpace(role))
                throw new ArgumentException("A role's name is empty.", nameof(roles));
            CheckName(role, "name of a role");
        }
    }

    private static void CheckName(string name, string what)
    {
        var bytes = name.Length > MaxNameBytes ? name.Length : Encoding.UTF8.GetByteCount(name);
        if (bytes > MaxNameBytes)
            throw new ArgumentException($"The {what} '{FilterText.Show(name)}' has {AtLeast(name, MaxNameBytes)}{bytes} bytes in UTF-8; {MaxNameBytes} are allowed.", nameof(name));
        if (Utf8.IndexOfHalf(name) is >= 0 and var index)
            throw new ArgumentException($"The {what} '{FilterText.Show(name)}' has half of a surrogate pair at index {index}, which no UTF-8 stands for.", nameof(name));
    }

    private static string AtLeast(string text, int limit) => text.Length > limit ? "at least " : string.Empty;

    /// <summary>Checks new values and puts those of fixed properties into their form.</summary>
    /// <exception cref="ArgumentException">A property cannot be set.</exception>
    public static Dictionary<string, string?> Normalise(IReadOnlyDictionary<string, string?> properties)
    {
        CheckCount(properties.Count);
        var normal = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var (key, value) in properties)
        {
            CheckSettable(key);
            if (value is not null)
                CheckValue(key, value);
            normal[key] = value is null ? null : Normalise(key, value);
        }

        return normal;
    }

    // An invalid number is kept as one that is none, as Diffusion does.
    private static string Normalise(string key, string value) => key switch
    {
        SessionProperty.Country => value.ToUpperInvariant(),
        SessionProperty.Language => value.ToLowerInvariant(),
        SessionProperty.Latitude or SessionProperty.Longitude =>
            double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? value : "NaN",
        _ => value,
    };
}
