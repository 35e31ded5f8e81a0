using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace RabbitBridge.Cli.Values;

/// <summary>One JSON value a line, for scripts.</summary>
internal static class JsonLines
{
    /// <summary>Readable: what is printed is no part of a web page.</summary>
    public static JsonSerializerOptions Options { get; } =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, TypeInfoResolver = new DefaultJsonTypeInfoResolver() };

    public static void WriteJson(this TextWriter output, JsonNode line) => output.WriteLine(line.ToJsonString(Options));
}
