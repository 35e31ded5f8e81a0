using CsCheck;
using RabbitBridge.Fabric;
using RabbitBridge.Routing;

namespace RabbitBridge.UnitTests.Routing;

public sealed class RouteTableTests
{
    private static readonly string[] Paths =
        ["/", "a", "b", "a/a", "a/b", "b/a", "a/a/a", "a/b/a", "a/b/b", "a/b/a/b", "ab", "ab/a"];

    private static readonly Gen<(int Kind, int Path, int Who)[]> Changes =
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, Paths.Length - 1], Gen.Int[0, 2]).Array[0, 60];

    [Fact]
    public void The_deepest_branch_is_found_after_any_changes() => Changes.Sample(changes =>
    {
        var table = new RouteTable();
        var peers = Enumerable.Range(0, 3).Select(number => NewPeer(number, table)).ToArray();
        var handlers = Enumerable.Range(0, 3).SelectMany(who => Paths.Select(path => ((path, who), new FakeHandler(MessagePath.Parse(path))))).ToDictionary();
        var (local, remote) = (new HashSet<(string, int)>(), new HashSet<(string, int)>());

        foreach (var (kind, pathIndex, who) in changes)
        {
            var (path, parsed) = (Paths[pathIndex], MessagePath.Parse(Paths[pathIndex]));
            switch (kind)
            {
                case 0:
                    if (local.Add((path, who)))
                        Assert.Equal(local.Count(entry => entry.Item1 == path), table.AddLocal(handlers[(path, who)]).Local.Length);
                    break;
                case 1:
                    local.Remove((path, who));
                    Assert.Equal(local.Count(entry => entry.Item1 == path), table.RemoveLocal(handlers[(path, who)]).Local.Length);
                    break;
                case 2:
                    remote.Add((path, who));
                    table.SetRemote(peers[who], new BranchAnnouncement(parsed, [], false));
                    break;
                default:
                    remote.Remove((path, who));
                    table.RemoveRemote(peers[who], parsed);
                    break;
            }

            var all = local.Union(remote).Select(entry => entry.Item1).ToHashSet();
            var mine = local.Select(entry => entry.Item1).ToHashSet();
            Assert.Equal(all.Count, table.Count);
            Assert.Equal(all.Order(StringComparer.Ordinal), table.All().Select(branch => branch.Path.ToString()).Order(StringComparer.Ordinal));
            foreach (var request in Paths.Skip(1).Append("a/b/a/b/a").Append("c").Append("a/c"))
            {
                Assert.Equal(Deepest(all, request), table.Find(MessagePath.Parse(request), localOnly: false)?.Path.ToString());
                Assert.Equal(Deepest(mine, request), table.Find(MessagePath.Parse(request), localOnly: true)?.Path.ToString());
            }
        }
    });

    [Fact]
    public async Task Readers_always_find_a_branch_that_was_there_all_the_time()
    {
        var table = new RouteTable();
        table.AddLocal(new FakeHandler(MessagePath.Parse("a")));
        var (leaf, below) = (new FakeHandler(MessagePath.Parse("a/b/c")), MessagePath.Parse("a/b"));
        var peer = NewPeer(1, table);
        var path = MessagePath.Parse("a/b/c/d");
        var done = false;
        var reads = 0L;

        var readers = Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
        {
            var seen = new HashSet<int>();
            while (!Volatile.Read(ref done))
            {
                var branch = table.Find(path, localOnly: false);
                Assert.NotNull(branch);
                Assert.True(branch.Depth is 1 or 2 or 3);
                Assert.False(branch.IsEmpty);
                Assert.Equal(1, table.Find(MessagePath.Parse("a/x"), localOnly: true)!.Depth);
                seen.Add(branch.Depth);
                Interlocked.Increment(ref reads);
            }

            return seen;
        })).ToArray();

        // Nodes are made and taken out again under the readers' feet.
        for (var i = 0; i < 20_000 || Interlocked.Read(ref reads) < 20_000; i++)
        {
            table.AddLocal(leaf);
            table.SetRemote(peer, new BranchAnnouncement(below, [], false));
            table.RemoveLocal(leaf);
            table.RemoveRemote(peer, below);
        }

        Volatile.Write(ref done, true);
        Assert.Equal([1, 2, 3], (await Task.WhenAll(readers)).SelectMany(seen => seen).Distinct().Order());
        Assert.Equal(1, table.Count);
    }

    [Fact]
    public async Task Writers_do_not_lose_each_others_changes()
    {
        var table = new RouteTable();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(() =>
        {
            for (var i = 0; i < 2000; i++)
            {
                var kept = new FakeHandler(MessagePath.Parse($"shared/{i % 10}/{worker}-{i}"));
                var passing = new FakeHandler(MessagePath.Parse($"shared/{i % 10}/passing"));
                table.AddLocal(kept);
                table.AddLocal(passing);
                table.RemoveLocal(passing);
            }
        })));

        Assert.Equal(8000, table.Count);
        Assert.Equal(8000, table.All().Count());
    }

    [Fact]
    public void An_announcement_made_again_replaces_the_one_before()
    {
        var table = new RouteTable();
        var peer = NewPeer(1, table);
        table.SetRemote(peer, new BranchAnnouncement(MessagePath.Parse("a"), ["x"], false));
        table.SetRemote(peer, new BranchAnnouncement(MessagePath.Parse("a"), ["y"], false));

        var route = Assert.Single(table.Find(MessagePath.Parse("a"), localOnly: false)!.Remote);
        Assert.Equal(["y"], route.Properties.Keys);
        Assert.Equal(1, table.Count);
    }

    private static Peer NewPeer(int number, RouteTable table) => new((ulong)number, $"peer{number}", new FakeLink($"peer{number}"), table, new PathClaims(100));

    private static string? Deepest(HashSet<string> branches, string path) => branches
        .Where(branch => branch == "/" || path == branch || path.StartsWith($"{branch}/", StringComparison.Ordinal))
        .MaxBy(branch => branch == "/" ? 0 : branch.Split('/').Length);
}
