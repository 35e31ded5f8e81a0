namespace RabbitBridge.EndToEndTests.Telemetry;

/// <summary>The traces of exported spans.</summary>
internal sealed class Traces(IEnumerable<ExportedSpan> spans)
{
    private readonly ILookup<string, ExportedSpan> _byTrace = spans.ToLookup(static span => span.TraceId);

    public IEnumerable<IReadOnlyList<ExportedSpan>> All => _byTrace.Select(static trace => trace.ToArray());

    /// <summary>The ways of a trace, each from its root to the innermost span: <c>send demo/x (north) &gt; process demo/x (south)</c>.</summary>
    /// <param name="trace">The trace's spans.</param>
    /// <param name="instance">How a process is called.</param>
    public static IEnumerable<string> Ways(IReadOnlyList<ExportedSpan> trace, Func<ExportedSpan, string> instance)
    {
        // An export may be repeated.
        var (byId, parents) = (trace.DistinctBy(static span => span.Id).ToDictionary(static span => span.Id), trace.Select(static span => span.ParentId).ToHashSet());
        foreach (var innermost in byId.Values.Where(span => !parents.Contains(span.Id)))
        {
            var way = new List<string>();
            for (var span = innermost; ; span = byId[span.ParentId])
            {
                way.Insert(0, $"{span.Name} ({instance(span)})");
                if (span.ParentId.Length == 0)
                    break;
                if (!byId.ContainsKey(span.ParentId))
                {
                    way.Insert(0, "?");
                    break;
                }
            }

            yield return string.Join(" > ", way);
        }
    }
}
