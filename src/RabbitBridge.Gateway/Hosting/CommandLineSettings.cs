using RabbitBridge.Settings;

namespace RabbitBridge.Gateway.Hosting;

/// <summary>The settings of a command line. The framework passes over what it does not understand; here that is a mistake.</summary>
internal sealed class CommandLineSettings
{
    private const string Source = "command line";
    private const string Form = "settings are written --KEY VALUE or --KEY=VALUE";

    private readonly List<string> _arguments = [];
    private readonly List<string> _problems = [];

    private CommandLineSettings()
    {
    }

    /// <summary>What is right, each in one argument.</summary>
    public string[] Arguments => [.. _arguments];

    /// <summary>What is wrong.</summary>
    public IReadOnlyList<string> Problems => _problems;

    public static CommandLineSettings Read(IReadOnlyList<string> arguments)
    {
        var settings = new CommandLineSettings();
        var last = string.Empty;
        for (var i = 0; i < arguments.Count; i++)
        {
            var argument = arguments[i];
            var isKey = IsKey(argument);
            var text = isKey ? argument.TrimStart('-') : argument;
            var separator = text.IndexOf('=', StringComparison.Ordinal);
            if (separator > 0)
                settings.Add(last = text[..separator], text[(separator + 1)..]);
            else if (!isKey || separator == 0 || text.Length == 0)
                // It may be the rest of a value with blanks in it, and that a secret.
                settings._problems.Add($"{ShownSetting.Value(last, argument)} ({Source}): it belongs to no key; {Form}, with quotes where the value has blanks.");
            else if (i + 1 == arguments.Count || IsKey(arguments[i + 1]))
                settings._problems.Add($"{text} ({Source}): it has no value; {Form}.");
            else
                settings.Add(last = text, arguments[++i]);
        }

        return settings;
    }

    // A value that begins so is written --KEY=VALUE. Negative numbers are none.
    private static bool IsKey(string argument) => argument.StartsWith("--", StringComparison.Ordinal) || (argument.Length > 1 && argument[0] == '-' && char.IsAsciiLetter(argument[1]));

    private void Add(string key, string value)
    {
        if (KnownSections.Problem(key, value, Source) is { } problem)
            _problems.Add(problem);
        else
            _arguments.Add($"--{key}={value}");
    }
}
