namespace RabbitBridge.EndToEndTests.Telemetry;

/// <summary>A metric as an OTLP receiver gets it, with the points of one export.</summary>
internal sealed record ExportedMetric(IReadOnlyDictionary<string, object> Resource, string Scope)
{
    public string Name { get; set; } = "";

    public string Description { get; set; } = "";

    public string Unit { get; set; } = "";

    /// <summary>gauge, sum or histogram.</summary>
    public string Kind { get; set; } = "";

    /// <summary>The attributes of each point.</summary>
    public List<Dictionary<string, object>> Points { get; } = [];

    /// <summary>The bounds of a histogram's buckets.</summary>
    public double[] Bounds { get; set; } = [];
}
