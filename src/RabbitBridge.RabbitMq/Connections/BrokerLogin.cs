using Microsoft.Extensions.Options;

namespace RabbitBridge.RabbitMq.Connections;

/// <summary>The broker's user and password: from the address, from settings of their own, or from files, as containers get their secrets.</summary>
internal static class BrokerLogin
{
    // What RabbitMQ.Client takes where an address has no user.
    private const string Guest = "guest";

    private const int MaxBytes = 64 * 1024;

    /// <exception cref="OptionsValidationException">A file is not what it was when the options were checked.</exception>
    public static (string UserName, string Password) Read(RabbitMqOptions options)
    {
        var problems = new List<string>();
        var (user, password) = InUri(options);
        user = options.UserName ?? ReadFile(nameof(options.UserNameFile), options.UserNameFile, problems) ?? user;
        password = options.Password ?? ReadFile(nameof(options.PasswordFile), options.PasswordFile, problems) ?? password;
        return problems.Count == 0
            ? (user ?? Guest, password ?? (options.Tls.External ? string.Empty : Guest))
            : throw new OptionsValidationException(nameof(RabbitMqOptions), typeof(RabbitMqOptions), problems);
    }

    /// <summary>The management API's user: that in its address, or the gateway's own.</summary>
    /// <exception cref="OptionsValidationException">A file is not what it was when the options were checked.</exception>
    public static (string UserName, string Password) OfManagement(RabbitMqOptions options) =>
        options.Management is { UserInfo.Length: > 0 } management && In(management) is var (user, password) ? (user ?? string.Empty, password ?? string.Empty) : Read(options);

    /// <summary>The user's name, for people.</summary>
    public static string UserName(RabbitMqOptions options) =>
        options.UserName ?? ReadFile(nameof(options.UserNameFile), options.UserNameFile, []) ?? InUri(options).User ?? Guest;

    public static bool HasUser(RabbitMqOptions options) => (InUri(options).User ?? options.UserName ?? options.UserNameFile) is not null;

    public static bool HasPassword(RabbitMqOptions options) => (InUri(options).Password ?? options.Password ?? options.PasswordFile) is not null;

    /// <summary>Adds what is wrong with the settings.</summary>
    public static void Check(RabbitMqOptions options, List<string> problems)
    {
        var (user, password) = InUri(options);
        CheckOne(problems, ("Uri's user", user), (nameof(options.UserName), options.UserName), (nameof(options.UserNameFile), options.UserNameFile));
        CheckOne(problems, ("Uri's password", password), (nameof(options.Password), options.Password), (nameof(options.PasswordFile), options.PasswordFile));
        // A login by certificate has rules of its own.
        if (!options.Tls.External && HasUser(options) != HasPassword(options))
        {
            problems.Add(HasUser(options)
                ? "Password: the user has none; one of Uri's password, Password and PasswordFile is needed."
                : "UserName: the password has no user; one of Uri's user, UserName and UserNameFile is needed.");
        }

        _ = ReadFile(nameof(options.UserNameFile), options.UserNameFile, problems);
        _ = ReadFile(nameof(options.PasswordFile), options.PasswordFile, problems);
    }

    private static (string? User, string? Password) InUri(RabbitMqOptions options) => In(options.Uri);

    private static (string? User, string? Password) In(Uri uri)
    {
        var parts = uri.UserInfo.Split(':', 2);
        return (parts[0].Length == 0 ? null : Uri.UnescapeDataString(parts[0]), parts.Length == 1 ? null : Uri.UnescapeDataString(parts[1]));
    }

    private static void CheckOne(List<string> problems, params ReadOnlySpan<(string Key, string? Value)> ways)
    {
        string? first = null;
        foreach (var (key, value) in ways)
        {
            if (value is null)
                continue;
            if (first is not null)
                problems.Add($"{key} (not shown: it may hold a secret): {first} is there too; one way to give it is allowed.");
            first ??= key;
            if (value.Length == 0)
                problems.Add($"{key}: it is empty.");
        }
    }

    private static string? ReadFile(string key, string? path, List<string> problems)
    {
        if (string.IsNullOrEmpty(path))
            return null;
        try
        {
            if (new FileInfo(path).Length > MaxBytes)
            {
                problems.Add($"{key} '{path}': it has more than {MaxBytes} bytes, and is taken for another file.");
                return null;
            }

            // Editors and echo end a file with a line break, which is no part of what is in it.
            var text = File.ReadAllText(path).TrimEnd('\r', '\n');
            if (text.Length > 0)
                return text;
            problems.Add($"{key} '{path}': it is empty.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            problems.Add($"{key} '{path}': it cannot be read: {exception.Message}");
        }

        return null;
    }
}
