using System.Text;
using CsCheck;
using RabbitBridge.Fabric;
using RabbitBridge.RabbitMq.Topology;

namespace RabbitBridge.UnitTests.Topology;

public sealed class RoutingKeysTests
{
    private static readonly Gen<string> Segment =
        Gen.OneOf("a", "b", "%", ".", "*", "#", "é", "日", "😀", " ", "%2E", "2E", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx").Array[1, 5].Select(string.Concat);

    private static readonly Gen<MessagePath> AnyPath = Segment.Array[1, 20].Select(segments => MessagePath.Parse(string.Join('/', segments)));

    [Theory]
    [InlineData("a", "a")]
    [InlineData("a/b", "a.b")]
    [InlineData("files/a.txt", "files.a%2Etxt")]
    [InlineData("*/#/%/%2E", "%2A.%23.%25.%252E")]
    [InlineData("é/😀", "é.😀")]
    public void The_key_is_the_segments_with_what_means_something_encoded(string path, string key)
    {
        Assert.Equal(key, RoutingKeys.Of(MessagePath.Parse(path)));
        Assert.Equal($"{key}.#", RoutingKeys.ForBranch(MessagePath.Parse(path)));
        Assert.Equal("#", RoutingKeys.ForBranch(MessagePath.Root));
    }

    [Fact]
    public void Every_path_reads_back_from_its_key() => AnyPath.Sample(path =>
    {
        Assert.True(RoutingKeys.TryParse(RoutingKeys.Of(path), out var back, out var problem), problem);
        Assert.Equal(path, back);
    });

    [Fact]
    public void A_request_enters_at_the_level_of_its_key_which_always_fits() => AnyPath.Sample(path =>
    {
        var (key, level, isCut) = RoutingKeys.ForRequest(path);
        var words = key.Length == 0 ? 0 : key.Split('.').Length;

        Assert.True(Encoding.UTF8.GetByteCount(key) <= 255);
        Assert.Equal(Math.Min(16, words), level);
        Assert.Equal(Encoding.UTF8.GetByteCount(RoutingKeys.Of(path)) > 255, isCut);
        Assert.Equal(isCut, key != RoutingKeys.Of(path));
        if (isCut)
        {
            // It is the longest ancestor that fits.
            Assert.Equal(string.Join('.', RoutingKeys.Of(path).Split('.').Take(words)), key);
            Assert.True(Encoding.UTF8.GetByteCount(string.Join('.', RoutingKeys.Of(path).Split('.').Take(words + 1))) > 255);
        }
    });

    [Fact]
    public void A_branch_that_may_be_registered_gets_exactly_the_requests_below_it() => Gen.Select(AnyPath, AnyPath, Gen.Int[0, 20]).Sample((path, other, depth) =>
    {
        var ancestor = string.Join('/', path.Value.Split('/').Take(depth));
        foreach (var branch in new[] { other, ancestor.Length == 0 ? MessagePath.Root : MessagePath.Parse(ancestor) })
        {
            if (BranchLimits.Problem(branch) is not null)
                continue;
            var (key, level, _) = RoutingKeys.ForRequest(path);
            Assert.Equal(branch.IsBranchOf(path), level >= branch.Depth && TopicMatches(RoutingKeys.ForBranch(branch), key));
        }
    });

    [Fact]
    public void A_branch_may_be_registered_exactly_if_its_binding_fits() => AnyPath.Sample(path => Assert.Equal(
        path.Depth <= 16 && Encoding.UTF8.GetByteCount(RoutingKeys.ForBranch(path)) <= 255, BranchLimits.Problem(path) is null));

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData(".a")]
    [InlineData("a.")]
    [InlineData("a..b")]
    [InlineData("a/b")]
    [InlineData("/")]
    [InlineData("%")]
    [InlineData("a%2")]
    [InlineData("%G0")]
    [InlineData("%80")]
    [InlineData("%+1")]
    [InlineData("%00")]
    [InlineData("a.%1F")]
    [InlineData("a.\u0001")]
    // No segment holds a '/', encoded or not: this would be another path than the one by which it was routed.
    [InlineData("a%2Fb")]
    [InlineData("%2Fa")]
    public void A_key_that_no_path_has_is_refused(string key)
    {
        Assert.False(RoutingKeys.TryParse(key, out _, out var problem));
        Assert.NotNull(problem);
    }

    // What a topic exchange does with a binding whose only wildcard is a '#' at its end.
    private static bool TopicMatches(string binding, string key)
    {
        var words = binding.Split('.')[..^1];
        var of = key.Length == 0 ? [] : key.Split('.');
        return of.Length >= words.Length && of.Take(words.Length).SequenceEqual(words);
    }

    [Theory]
    [InlineData("#", 0, "/")]
    [InlineData("a.#", 1, "a")]
    [InlineData("a.b%2Ec.#", 2, "a/b.c")]
    [InlineData("#", 1, null)]
    [InlineData("a.#", 2, null)]
    [InlineData("a.b.#", 1, null)]
    [InlineData("a.b", 2, null)]
    [InlineData("a.*.#", 2, null)]
    [InlineData("*.#", 1, null)]
    [InlineData("#.a.#", 2, null)]
    [InlineData(".#", 1, null)]
    [InlineData("a..b.#", 3, null)]
    [InlineData("a%2.#", 1, null)]
    [InlineData("", 0, null)]
    public void A_binding_stands_for_a_branch_where_it_has_all_below_a_path_of_its_level(string key, int depth, string? branch)
    {
        Assert.Equal(branch is not null, RoutingKeys.TryParseBranch(key, depth, out var parsed));
        if (branch is not null)
            Assert.Equal(branch, parsed.ToString());
    }
}
