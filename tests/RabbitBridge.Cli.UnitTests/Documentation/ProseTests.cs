using System.Text;
using System.Text.RegularExpressions;

namespace RabbitBridge.Cli.UnitTests.Documentation;

/// <summary>README and <c>docs/</c>: links lead somewhere, and lines are short enough to be read and compared.</summary>
public sealed partial class ProseTests
{
    private const int LongestLine = 160;

    public static TheoryData<string> Files => [.. DocumentationFiles.All];

    [Theory]
    [MemberData(nameof(Files))]
    public void Links_lead_to_files_and_headings_that_are_there(string file)
    {
        var wrong = new List<string>();
        foreach (Match link in Link().Matches(DocumentationFiles.WithoutCode(file)))
        {
            var target = link.Groups[1].Value;
            if (target.StartsWith("http", StringComparison.Ordinal))
                continue;
            var parts = target.Split('#');
            var path = parts[0].Length == 0 ? file : Path.GetRelativePath(DocumentationFiles.Root, Path.Combine(DocumentationFiles.Root, Path.GetDirectoryName(file)!, parts[0]));
            var full = Path.Combine(DocumentationFiles.Root, path);
            if (!File.Exists(full) && !Directory.Exists(full))
                wrong.Add($"{target}: there is no such file");
            else if (parts.Length > 1 && !Anchors(path).Contains(parts[1]))
                wrong.Add($"{target}: there is no such heading");
        }

        Assert.True(wrong.Count == 0, $"{file}\n{string.Join('\n', wrong)}");
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Lines_of_prose_are_short(string file)
    {
        var (isCode, wrong) = (false, new List<string>());
        foreach (var (index, line) in File.ReadLines(Path.Combine(DocumentationFiles.Root, file)).Index())
        {
            if (line.TrimStart().StartsWith("```", StringComparison.Ordinal))
                isCode = !isCode;
            // A row of a table is one line in Markdown, and an address has no place to be broken.
            if (!isCode && line.Length > LongestLine && !line.StartsWith('|') && !line.StartsWith("![", StringComparison.Ordinal))
                wrong.Add($"line {index + 1} has {line.Length} characters");
        }

        Assert.True(wrong.Count == 0, $"{file}\n{string.Join('\n', wrong)}");
    }

    private static HashSet<string> Anchors(string file) =>
        [.. Heading().Matches(DocumentationFiles.WithoutCode(file)).Select(heading => Slug(heading.Groups[1].Value))];

    // As GitHub makes them.
    private static string Slug(string heading)
    {
        var slug = new StringBuilder();
        foreach (var letter in heading.Trim().ToLowerInvariant())
        {
            if (char.IsLetterOrDigit(letter) || letter is '-' or '_')
                slug.Append(letter);
            else if (letter == ' ')
                slug.Append('-');
        }

        return slug.ToString();
    }

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^#+ (.*)$", RegexOptions.Multiline)]
    private static partial Regex Heading();
}
