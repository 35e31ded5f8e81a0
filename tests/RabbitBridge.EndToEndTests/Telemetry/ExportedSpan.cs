namespace RabbitBridge.EndToEndTests.Telemetry;

/// <summary>A span as an OTLP receiver gets it.</summary>
internal sealed record ExportedSpan
{
    /// <summary>The attributes of the resource.</summary>
    public required IReadOnlyDictionary<string, object> Resource { get; init; }

    /// <summary>The name of the source.</summary>
    public required string Scope { get; init; }

    public string TraceId { get; set; } = "";

    public string Id { get; set; } = "";

    /// <summary>Empty for a root.</summary>
    public string ParentId { get; set; } = "";

    public string Name { get; set; } = "";

    /// <summary>The number of its kind: 4 a producer's, 5 a consumer's.</summary>
    public ulong Kind { get; set; }

    /// <summary>When it began and ended, in nanoseconds.</summary>
    public ulong Start { get; set; }

    public ulong End { get; set; }

    /// <summary>2 for an error.</summary>
    public ulong Status { get; set; }

    public Dictionary<string, object> Attributes { get; } = new(StringComparer.Ordinal);

    /// <summary>Which process has made it.</summary>
    public string Instance => $"{Resource.GetValueOrDefault("service.name")} {Resource.GetValueOrDefault("service.instance.id")}";

    public string? Text(string attribute) => Attributes.GetValueOrDefault(attribute) as string;

    public override string ToString() => $"{Instance}: {Name} ({Id} in {ParentId}, trace {TraceId}, {string.Join(", ", Attributes)})";
}
