using System.ComponentModel;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace RabbitBridge.Settings;

/// <summary>
/// A section of a configuration that is to become options. Finds all keys that are not known and all values of a wrong kind at once, where the
/// binder stops at the first and repeats its value, which may be a password.
/// </summary>
internal sealed class SettingsSection
{
    private readonly IConfiguration _section;
    private readonly List<string> _problems = [];
    private readonly HashSet<string> _wrong = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="section">The section, or a whole configuration.</param>
    /// <param name="options">The type of the options.</param>
    public SettingsSection(IConfiguration section, Type options)
    {
        _section = section;
        CheckObject(section, options);
    }

    /// <summary>What is wrong, each with its key, its value and what is allowed.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>Sets the options by all that is right.</summary>
    public void BindTo(object options)
    {
        if (_wrong.Count == 0)
        {
            _section.Bind(options);
            return;
        }

        var right = _section.AsEnumerable().Where(setting => setting.Value is not null && !IsWrong(setting.Key));
        var copy = new ConfigurationBuilder().AddInMemoryCollection(right).Build();
        (_section is IConfigurationSection { Path: var path } ? copy.GetSection(path) : (IConfiguration)copy).Bind(options);
    }

    /// <summary>Tells of a key that is not known.</summary>
    public static string Unknown(IConfigurationSection key, IConfiguration section, IEnumerable<string> known)
    {
        var (path, prefix) = section is IConfigurationSection { Path: var own } ? ($"section {own}", $"{own}:") : ("configuration", string.Empty);
        string[] names = [.. known.Order(StringComparer.Ordinal)];
        var name = NearestName.Of(key.Key, names);
        // The mistyped name of a secret is as good as its name.
        var shown = key.Value is { } value ? $" {ShownSetting.Value($"{key.Path}:{name}", value)}" : string.Empty;
        var meant = name is not null ? $"; did you mean {prefix}{name}?" : ".";
        return $"{key.Path}{shown} is not known{meant} The {path} has {string.Join(", ", names)}.";
    }

    private bool IsWrong(string path) => _wrong.Any(wrong =>
        path.StartsWith(wrong, StringComparison.OrdinalIgnoreCase) && (path.Length == wrong.Length || path[wrong.Length] == ConfigurationPath.KeyDelimiter[0]));

    private void CheckObject(IConfiguration section, Type type)
    {
        var properties = type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(static property => property.PropertyType != typeof(TimeProvider))
            .ToDictionary(static property => property.Name, static property => property.PropertyType, StringComparer.OrdinalIgnoreCase);
        foreach (var child in section.GetChildren())
        {
            if (properties.TryGetValue(child.Key, out var property))
                Check(child, property);
            else
                Add(child, Unknown(child, section, properties.Keys));
        }
    }

    private void Check(IConfigurationSection section, Type type)
    {
        if (Expected(type) is { } expected)
            CheckValue(section, type, expected);
        // An empty value stands for an empty list or section where there is no other way to write one.
        else if (!string.IsNullOrEmpty(section.Value))
            Add(section, $"{section.Path} {ShownSetting.Value(section.Path, section.Value)}: {Example(section, type)}.");
        else if (ElementOf(type) is { } element)
        {
            foreach (var child in section.GetChildren())
                Check(child, element);
        }
        else
            CheckObject(section, type);
    }

    private void CheckValue(IConfigurationSection section, Type type, string expected)
    {
        if (section.GetChildren().FirstOrDefault() is { } child)
            Add(section, $"{child.Path}: {section.Path} is no section; {expected}.");
        else if (section.Value is { } value && !IsA(type, value))
            Add(section, $"{section.Path} {ShownSetting.Value(section.Path, value)}: {expected}.");
    }

    private void Add(IConfigurationSection key, string problem)
    {
        _wrong.Add(key.Path);
        _problems.Add(problem);
    }

    private static string Example(IConfigurationSection section, Type type) =>
        IsDictionary(type) ? $"a section, with names of your own, such as {section.Path}:NAME"
        : ElementOf(type) is not null ? $"a list, such as {section.Path}:0"
        : $"a section, with {string.Join(", ", type.GetProperties().Select(static property => property.Name).Order(StringComparer.Ordinal))}";

    private static bool IsDictionary(Type type) => type.IsGenericType && type.GetGenericArguments().Length == 2;

    private static Type? ElementOf(Type type) => type.IsGenericType ? type.GetGenericArguments()[^1] : null;

    /// <returns>What a value of the type looks like; <see langword="null"/> for lists and sections.</returns>
    private static string? Expected(Type type)
    {
        var kind = Nullable.GetUnderlyingType(type) ?? type;
        if (kind == typeof(string))
            return "a text";
        if (kind == typeof(bool))
            return "true or false";
        if (kind == typeof(TimeSpan))
            return "a time such as 00:00:30 (hours:minutes:seconds)";
        if (kind == typeof(Uri))
            return "an address such as amqp://user:password@host:port/vhost, or amqps for TLS; characters such as / : @ # in its parts are written in percent (%2F)";
        if (kind.IsEnum)
            return $"one of {string.Join(", ", Enum.GetNames(kind))}";
        return kind.IsPrimitive
            ? string.Create(CultureInfo.InvariantCulture, $"a whole number from {Limit(kind, "MinValue")} to {Limit(kind, "MaxValue")}")
            : null;
    }

    private static object? Limit(Type number, string name) => number.GetField(name)?.GetValue(null);

    private static bool IsA(Type type, string value)
    {
        if (Nullable.GetUnderlyingType(type) is { } nullable)
            return value.Length == 0 || IsA(nullable, value);
        if (type == typeof(string))
            return true;
        if (type == typeof(Uri))
            return Uri.TryCreate(value, UriKind.Absolute, out _);
        // The binder takes numbers for names of an enumeration, also those that stand for none.
        if (type.IsEnum)
            return Enum.GetNames(type).Contains(value, StringComparer.OrdinalIgnoreCase);
        try
        {
            return TypeDescriptor.GetConverter(type).ConvertFromInvariantString(value) is not null;
        }
#pragma warning disable CA1031 // Converters throw whatever they like; each of it means that the value is of another kind.
        catch (Exception)
#pragma warning restore CA1031
        {
            return false;
        }
    }
}
