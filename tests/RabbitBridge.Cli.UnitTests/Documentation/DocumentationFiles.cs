using System.Text.RegularExpressions;
using RabbitBridge.ContractTests;

namespace RabbitBridge.Cli.UnitTests.Documentation;

/// <summary>What people read of the project.</summary>
internal static partial class DocumentationFiles
{
    public static string Root => SourceTree.Root;

    /// <summary>The files, as paths from the root.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        .. new[] { ".", "docs", "docs/how-to", "docker" }.SelectMany(static folder => Directory.EnumerateFiles(Path.Combine(Root, folder), "*.md"))
            .Concat(Directory.EnumerateDirectories(Path.Combine(Root, "src")).Select(static project => Path.Combine(project, "README.md")).Where(File.Exists))
            .Select(static file => Path.GetRelativePath(Root, file)).Order(StringComparer.Ordinal),
    ];

    /// <summary>The sources of what gateways and clients measure.</summary>
    public static IReadOnlyList<string> Sources { get; } =
    [
        .. new[] { "RabbitBridge.Abstractions/Diagnostics", "RabbitBridge/Diagnostics", "RabbitBridge/Gateways", "RabbitBridge.AspNetCore/Remote" }
            .SelectMany(static folder => Directory.EnumerateFiles(Path.Combine(Root, "src", folder), "*.cs")).Select(static file => Path.GetRelativePath(Root, file)),
    ];

    public static string Read(string file) => File.ReadAllText(Path.Combine(Root, file));

    /// <summary>A file without what is code in it, in which brackets are no links.</summary>
    public static string WithoutCode(string file) => Inline().Replace(Block().Replace(Read(file), ""), "");

    /// <summary>The rows of a file's tables whose first cell is code that matches a pattern: what the pattern's group has.</summary>
    public static IReadOnlyList<string> FirstCells(string file, string pattern) =>
        [.. Regex.Matches(Read(file), $@"^\| `?{pattern}`? \|", RegexOptions.Multiline).Select(static match => match.Groups[1].Value)];

    [GeneratedRegex("^ *```.*?^ *```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex("`[^`\n]*`")]
    private static partial Regex Inline();
}
