using System.Text.Json;
using System.Text.RegularExpressions;

namespace RabbitBridge.Cli.UnitTests.Documentation;

/// <summary>Dashboard and alert rules ask for what gateways export.</summary>
public sealed partial class MonitoringTests
{
    [Theory]
    [InlineData("docker/monitoring/grafana-dashboard.json")]
    [InlineData("docker/monitoring/prometheus-alerts.yaml")]
    public void What_is_asked_for_is_exported(string file)
    {
        var known = Instruments.All.SelectMany(static each => each.Exported).Concat(Instruments.Attributes.Select(static each => each.Replace('.', '_'))).ToHashSet(StringComparer.Ordinal);
        var asked = Name().Matches(DocumentationFiles.Read(file)).Select(static match => match.Value).ToHashSet(StringComparer.Ordinal);

        Assert.True(asked.Count > 15, $"{asked.Count} names");
        Assert.Empty(asked.Except(known));
    }

    [Fact]
    public void The_dashboard_shows_every_measurement()
    {
        var dashboard = DocumentationFiles.Read("docker/monitoring/grafana-dashboard.json");
        // That of other gateways' filter requests tells nothing that sessions' own do not.
        var missing = Instruments.All.Where(each => !Array.Exists(each.Exported, name => dashboard.Contains(name, StringComparison.Ordinal))).Select(static each => each.Name);

        Assert.Equal(["rabbitbridge.filter.requests"], missing);
    }

    [Fact]
    public void The_panels_of_the_dashboard_do_not_overlap()
    {
        using var dashboard = JsonDocument.Parse(DocumentationFiles.Read("docker/monitoring/grafana-dashboard.json"));
        var taken = new HashSet<(int X, int Y)>();
        foreach (var panel in dashboard.RootElement.GetProperty("panels").EnumerateArray())
        {
            var at = panel.GetProperty("gridPos");
            int Of(string name) => at.GetProperty(name).GetInt32();
            var cells = Enumerable.Range(Of("x"), Of("w")).SelectMany(x => Enumerable.Range(Of("y"), Of("h")).Select(y => (x, y)));
            Assert.All(cells, cell => Assert.True(cell.x < 24 && taken.Add(cell), $"{panel.GetProperty("title")} at {cell}"));
        }
    }

    [GeneratedRegex(@"\b(?:messaging|rabbitbridge|error)_[a-z_]+\b")]
    private static partial Regex Name();
}
