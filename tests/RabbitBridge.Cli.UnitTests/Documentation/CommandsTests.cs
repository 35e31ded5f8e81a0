using System.Text.RegularExpressions;

namespace RabbitBridge.Cli.UnitTests.Documentation;

/// <summary>What the documentation has people type is read without an error: verbs, options and values are those that there are.</summary>
public sealed partial class CommandsTests
{
    // Of ./bridge itself.
    private static readonly string[] Others = ["test", "bench", "pack", "faults", "help"];

    public static TheoryData<string> Files => [.. DocumentationFiles.All.Where(static file => Commands(file).Count > 0)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Commands_are_understood(string file)
    {
        var wrong = Commands(file).Select(static command => (command, CommandLine.Parse(Words(command)).Errors)).Where(static each => each.Errors.Count > 0);

        Assert.Empty(wrong.Select(static each => $"{string.Join(' ', each.command)}: {each.Errors[0].Message}"));
    }

    [Fact]
    public void There_are_commands_to_look_at() => Assert.True(DocumentationFiles.All.Sum(static file => Commands(file).Count) > 20);

    private static List<string> Commands(string file) =>
    [
        .. Block().Matches(DocumentationFiles.Read(file)).SelectMany(static block => block.Groups["code"].Value.Split('\n'))
            .Select(static line => Command().Match(line)).Where(static match => match.Success).Select(static match => match.Groups["command"].Value.Trim())
            // What is left out for readers cannot be read.
            .Where(static command => !command.Contains('…', StringComparison.Ordinal) && !Others.Contains(Words(command)[0])),
    ];

    // As a shell reads them; what stands for a session's id is one.
    private static string[] Words(string command) =>
        [.. Word().Matches(command).Select(static word => string.Concat(word.Groups["part"].Captures.Select(static part => Unquoted(part.Value)))).Select(static word => word == "SESSION" ? "0000000000000001-0000000000000002" : word)];

    private static string Unquoted(string part) => part[0] is '\'' or '"' ? part[1..^1] : part;

    [GeneratedRegex(@"^ *```(sh)?\n(?<code>.*?)^ *```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    // What a shell takes from the line: variables before it, what is piped into it, and a comment behind it.
    [GeneratedRegex(@"^ *(\w+=\S+ +)*(printf .* \| )?(rabbitbridge|\./bridge) (?<command>.*?)( +#.*| *>.*| *\|.*)?$")]
    private static partial Regex Command();

    [GeneratedRegex("""(?<part>'[^']*'|"[^"]*"|[^\s'"]+)+""")]
    private static partial Regex Word();
}
