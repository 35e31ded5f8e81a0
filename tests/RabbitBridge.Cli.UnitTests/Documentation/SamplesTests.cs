using System.Text.RegularExpressions;

namespace RabbitBridge.Cli.UnitTests.Documentation;

/// <summary>Blocks of code in README and <c>docs/</c> are those of the samples, which are built and run.</summary>
public sealed partial class SamplesTests
{
    private static readonly string[] Languages = ["csharp", "js", "ts", "python", "html", "sh"];

    public static TheoryData<string> Files => [.. DocumentationFiles.All];

    [Theory]
    [MemberData(nameof(Files))]
    public void Each_block_is_the_region_of_a_sample_that_it_names(string file)
    {
        var wrong = new List<string>();
        foreach (Match block in Block().Matches(DocumentationFiles.Read(file)))
        {
            if (!Languages.Contains(block.Groups["language"].Value))
                continue;
            var (name, code) = (block.Groups["sample"].Value, block.Groups["code"].Value);
            if (name.Length == 0)
                wrong.Add($"a block of {block.Groups["language"].Value} names no sample: {FirstLine(code)}");
            else if (Region(name) is not { } region)
                wrong.Add($"there is no region {name}");
            else if (region != code)
                wrong.Add($"{name} differs:\n{code}\n-- is in the sample\n{region}");
        }

        Assert.True(wrong.Count == 0, $"{file}\n{string.Join('\n', wrong)}");
    }

    [Fact]
    public void There_are_blocks_to_look_at() =>
        Assert.True(DocumentationFiles.All.Sum(static file => Block().Matches(DocumentationFiles.Read(file)).Count(static block => block.Groups["sample"].Length > 0)) > 10);

    private static string? Region(string sample)
    {
        var parts = sample.Split('#');
        if (!File.Exists(Path.Combine(DocumentationFiles.Root, parts[0])))
            return null;
        var region = Regex.Match(
            DocumentationFiles.Read(parts[0]), $@"^(?<indent> *)(//|#|<!--) ?#?region {Regex.Escape(parts[1])}( -->)?\n(?<code>.*?)^ *(//|#|<!--) ?#?endregion", RegexOptions.Multiline | RegexOptions.Singleline);
        if (!region.Success)
            return null;
        var indent = region.Groups["indent"].Value;
        var lines = region.Groups["code"].Value.TrimEnd('\n').Split('\n').Select(line => line.StartsWith(indent, StringComparison.Ordinal) ? line[indent.Length..] : line);
        return string.Join('\n', lines) + "\n";
    }

    private static string FirstLine(string code) => code.Split('\n')[0];

    [GeneratedRegex(@"^(<!-- (?<sample>\S+) -->\n)?```(?<language>\w*)\n(?<code>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
