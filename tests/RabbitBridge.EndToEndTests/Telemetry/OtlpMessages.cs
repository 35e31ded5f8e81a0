namespace RabbitBridge.EndToEndTests.Telemetry;

/// <summary>Reads what exporters send, by the field numbers of opentelemetry-proto 1.</summary>
internal static class OtlpMessages
{
    public static IReadOnlyList<ExportedSpan> ReadSpans(ReadOnlySpan<byte> request)
    {
        var spans = new List<ExportedSpan>();
        var reader = new ProtobufReader(request);
        while (reader.Read())
        {
            if (reader.Field == 1)
                EachOfScope(reader.Bytes, (resource, scope, span) => spans.Add(ReadSpan(span, resource, scope)));
        }

        return spans;
    }

    public static IReadOnlyList<ExportedMetric> ReadMetrics(ReadOnlySpan<byte> request)
    {
        var metrics = new List<ExportedMetric>();
        var reader = new ProtobufReader(request);
        while (reader.Read())
        {
            if (reader.Field == 1)
                EachOfScope(reader.Bytes, (resource, scope, metric) => metrics.Add(ReadMetric(metric, new ExportedMetric(resource, scope))));
        }

        return metrics;
    }

    private delegate void Taker(IReadOnlyDictionary<string, object> resource, string scope, ReadOnlySpan<byte> item);

    // ResourceSpans and ResourceMetrics are alike: a resource, and for each scope what belongs to it.
    private static void EachOfScope(ReadOnlySpan<byte> ofResource, Taker take)
    {
        var resource = new Dictionary<string, object>(StringComparer.Ordinal);
        var reader = new ProtobufReader(ofResource);
        while (reader.Read())
        {
            if (reader.Field == 1)
                ReadAttributes(reader.Bytes, 1, resource);
        }

        reader = new ProtobufReader(ofResource);
        while (reader.Read())
        {
            if (reader.Field != 2)
                continue;
            var scope = "";
            var items = new ProtobufReader(reader.Bytes);
            while (items.Read())
            {
                if (items.Field == 1)
                    scope = TextOf(items.Bytes, 1);
                else if (items.Field == 2)
                    take(resource, scope, items.Bytes);
            }
        }
    }

    private static ExportedSpan ReadSpan(ReadOnlySpan<byte> message, IReadOnlyDictionary<string, object> resource, string scope)
    {
        var span = new ExportedSpan { Resource = resource, Scope = scope };
        var reader = new ProtobufReader(message);
        while (reader.Read())
        {
            switch (reader.Field)
            {
                case 1:
                    span.TraceId = reader.Hex;
                    break;
                case 2:
                    span.Id = reader.Hex;
                    break;
                case 4:
                    span.ParentId = reader.Hex;
                    break;
                case 5:
                    span.Name = reader.Text;
                    break;
                case 6:
                    span.Kind = reader.Number;
                    break;
                case 7:
                    span.Start = reader.Number;
                    break;
                case 8:
                    span.End = reader.Number;
                    break;
                case 9:
                    ReadAttribute(reader.Bytes, span.Attributes);
                    break;
                case 15:
                    span.Status = NumberOf(reader.Bytes, 3);
                    break;
            }
        }

        return span;
    }

    private static ExportedMetric ReadMetric(ReadOnlySpan<byte> message, ExportedMetric metric)
    {
        var reader = new ProtobufReader(message);
        while (reader.Read())
        {
            switch (reader.Field)
            {
                case 1:
                    metric.Name = reader.Text;
                    break;
                case 2:
                    metric.Description = reader.Text;
                    break;
                case 3:
                    metric.Unit = reader.Text;
                    break;
                case 5:
                    ReadPoints(reader.Bytes, "gauge", attributes: 7, metric);
                    break;
                case 7:
                    ReadPoints(reader.Bytes, "sum", attributes: 7, metric);
                    break;
                case 9:
                    ReadPoints(reader.Bytes, "histogram", attributes: 9, metric);
                    break;
            }
        }

        return metric;
    }

    private static void ReadPoints(ReadOnlySpan<byte> message, string kind, int attributes, ExportedMetric metric)
    {
        metric.Kind = kind;
        var reader = new ProtobufReader(message);
        while (reader.Read())
        {
            if (reader.Field != 1)
                continue;
            var point = new Dictionary<string, object>(StringComparer.Ordinal);
            ReadAttributes(reader.Bytes, attributes, point);
            metric.Points.Add(point);
            var fields = new ProtobufReader(reader.Bytes);
            while (kind == "histogram" && fields.Read())
            {
                if (fields.Field == 7)
                    metric.Bounds = fields.Doubles;
            }
        }
    }

    private static void ReadAttributes(ReadOnlySpan<byte> message, int field, Dictionary<string, object> attributes)
    {
        var reader = new ProtobufReader(message);
        while (reader.Read())
        {
            if (reader.Field == field)
                ReadAttribute(reader.Bytes, attributes);
        }
    }

    private static void ReadAttribute(ReadOnlySpan<byte> message, Dictionary<string, object> attributes)
    {
        var (key, value) = ("", (object)"");
        var reader = new ProtobufReader(message);
        while (reader.Read())
        {
            if (reader.Field == 1)
                key = reader.Text;
            else if (reader.Field == 2)
                value = ReadValue(reader.Bytes);
        }

        attributes[key] = value;
    }

    private static object ReadValue(ReadOnlySpan<byte> message)
    {
        var reader = new ProtobufReader(message);
        return !reader.Read() ? "" : reader.Field switch
        {
            1 => reader.Text,
            2 => reader.Number != 0,
            3 => (long)reader.Number,
            4 => reader.Double,
            _ => $"a value of field {reader.Field}",
        };
    }

    private static string TextOf(ReadOnlySpan<byte> message, int field)
    {
        var reader = new ProtobufReader(message);
        while (reader.Read())
        {
            if (reader.Field == field)
                return reader.Text;
        }

        return "";
    }

    private static ulong NumberOf(ReadOnlySpan<byte> message, int field)
    {
        var reader = new ProtobufReader(message);
        while (reader.Read())
        {
            if (reader.Field == field)
                return reader.Number;
        }

        return 0;
    }
}
