namespace RabbitBridge.UnitTests.Architecture;

/// <summary>References run one way, between projects and between their folders (docs/architecture.md).</summary>
public sealed class ReferencesTests
{
    // Each refers to those before it, and to none behind it.
    private static readonly string[] Engine =
    [
        "Settings", "Fabric", "Diagnostics", "Security", "Events", "Calls", "Routing", "Services", "Sessions", "Filters", "Messages", "Projects", "Remote", "Gateways", "Hosting",
    ];

    private static readonly string[] RabbitMq =
    [
        "Settings", "Data", "Diagnostics", "Topology", "Frames", "Tls", "Connections", "Publishing", "Links", "PublicPlane", "Services", "Consuming", "", "Projects", "Hosting",
    ];

    [Fact]
    public void Folders_of_the_engine_refer_one_way() => AssertOneWay("RabbitBridge", Engine);

    [Fact]
    public void Folders_of_the_RabbitMQ_fabric_refer_one_way() => AssertOneWay("RabbitBridge.RabbitMq", RabbitMq);

    [Fact]
    public void The_RabbitMQ_fabric_knows_the_engines_port_and_neither_sessions_nor_calls()
    {
        // Those before calls.
        string[] others = [.. Engine[Array.IndexOf(Engine, "Calls")..].Select(static folder => $"RabbitBridge.{folder}.")];
        var references = new FolderReferences("RabbitBridge.RabbitMq").Elsewhere.Where(static reference => reference.Project == "RabbitBridge").ToArray();
        Assert.Contains(references, static reference => reference.To.StartsWith("RabbitBridge.Fabric.", StringComparison.Ordinal));
        // The project's own folder makes gateways, and Hosting registers them.
        Assert.DoesNotContain(references, reference => reference.From is not ("" or "Hosting") && others.Any(reference.To.StartsWith));
    }

    private static void AssertOneWay(string project, string[] order)
    {
        var references = new FolderReferences(project).All.Where(static reference => reference.FromFolder != reference.ToFolder).ToArray();
        Assert.Empty(references.SelectMany(static reference => new[] { reference.FromFolder, reference.ToFolder }).Distinct().Except(order));
        // As many as there are, so that a test that reads nothing is no test.
        Assert.True(references.Length > 100, $"{references.Length} references between folders");
        Assert.Empty(references
            .Where(reference => Array.IndexOf(order, reference.FromFolder) < Array.IndexOf(order, reference.ToFolder))
            .Select(static reference => $"{reference.FromFolder}/{reference.From} -> {reference.ToFolder}/{reference.To}"));
    }
}
