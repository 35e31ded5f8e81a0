using CsCheck;

namespace RabbitBridge.UnitTests.Paths;

public sealed class MessagePathTests
{
    private static readonly Gen<string> Segment = Gen.OneOf("a", "b", "é", "😀", " ", "%", "*", ".").Array[1, 3].Select(string.Concat);

    private static readonly Gen<string> Canonical = Segment.Array[1, 6].Select(segments => string.Join('/', segments));

    [Theory]
    [InlineData("a", "a", 1)]
    [InlineData("/a", "a", 1)]
    [InlineData("a/", "a", 1)]
    [InlineData("/a/b/", "a/b", 2)]
    [InlineData(" ", " ", 1)]
    [InlineData("/ /", " ", 1)]
    [InlineData("😀/x", "😀/x", 2)]
    public void One_leading_and_one_trailing_slash_are_dropped(string text, string canonical, int depth)
    {
        var path = MessagePath.Parse(text);

        Assert.Equal(canonical, path.Value);
        Assert.Equal(canonical, path.ToString());
        Assert.Equal(depth, path.Depth);
        Assert.False(path.IsRoot);
    }

    [Fact]
    public void The_root_has_no_segments_and_is_the_default()
    {
        var root = MessagePath.Parse("/");

        Assert.True(root.IsRoot);
        Assert.Equal(("", 0, "/"), (root.Value, root.Depth, root.ToString()));
        Assert.True(root == default && root == MessagePath.Root);
        Assert.Equal(default(MessagePath).GetHashCode(), root.GetHashCode());
        Assert.Throws<InvalidPathException>(() => MessagePath.ParseTarget("/"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("//")]
    [InlineData("///")]
    [InlineData("a//b")]
    [InlineData("//a")]
    [InlineData("a//")]
    [InlineData("a/\u0000/b")]
    [InlineData("\u001f")]
    [InlineData("\u007f")]
    [InlineData("a\u009f")]
    [InlineData("a\tb")]
    public void What_is_no_path_is_refused_with_an_explanation(string? text)
    {
        Assert.False(MessagePath.TryParse(text, out var path, out var problem));
        Assert.True(path.IsRoot);
        Assert.NotEmpty(problem);
        Assert.DoesNotContain(problem, char.IsControl);
        if (text is not null)
            Assert.Equal(problem, Assert.Throws<InvalidPathException>(() => MessagePath.Parse(text)).Message);
    }

    [Fact]
    public void Half_a_surrogate_pair_is_no_character()
    {
        foreach (var text in new[] { "\ud83d", "a/\ude00", "\ude00\ud83d", "a\ud83d/b" })
            Assert.Throws<InvalidPathException>(() => MessagePath.Parse(text));
        Assert.Equal("\ud83d\ude00", MessagePath.Parse("\ud83d\ude00").Value);
    }

    [Fact]
    public void A_long_path_does_not_flood_its_error()
    {
        var error = Assert.Throws<InvalidPathException>(() => MessagePath.Parse(new string('x', 100_000) + "//y"));

        Assert.True(error.Message.Length < 400);
    }

    [Fact]
    public void Reading_the_text_of_a_path_gives_the_path() => Canonical.Sample(text =>
    {
        var path = MessagePath.Parse(text);
        Assert.Equal(text, path.Value);
        Assert.Equal(path, MessagePath.Parse(path.ToString()));
        Assert.Equal(path, MessagePath.Parse($"/{text}/"));
        Assert.Equal(path.GetHashCode(), MessagePath.Parse($"/{text}").GetHashCode());
        Assert.Equal(text.Split('/').Length, path.Depth);
    });

    [Fact]
    public void A_branch_holds_exactly_the_paths_whose_first_segments_are_its_own() => Gen.Select(Canonical, Canonical).Sample((one, two) =>
    {
        var (branch, path) = (MessagePath.Parse(one), MessagePath.Parse(two));
        var (mine, theirs) = (one.Split('/'), two.Split('/'));
        Assert.Equal(theirs.Length >= mine.Length && theirs.Take(mine.Length).SequenceEqual(mine), branch.IsBranchOf(path));
        Assert.True(branch.IsBranchOf(branch));
        Assert.True(branch.IsBranchOf(MessagePath.Parse($"{one}/{two}")));
        Assert.False(MessagePath.Parse($"{one}/{two}").IsBranchOf(branch));
        Assert.True(MessagePath.Root.IsBranchOf(path));
        Assert.False(path.IsBranchOf(MessagePath.Root));
        Assert.Equal(one == two, branch == path);
        Assert.NotEqual(branch == path, branch != path);
    });
}
