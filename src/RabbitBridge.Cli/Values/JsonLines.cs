using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace RabbitBridge.Cli.Values;

/// <summary>One JSON object a line, for scripts.</summary>
internal static class JsonLines
{
    /// <summary>Readable: what is printed is no part of a web page.</summary>
    public static JsonSerializerOptions Options { get; } =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, TypeInfoResolver = new DefaultJsonTypeInfoResolver() };

    public static void WriteJson(this TextWriter output, JsonObject line) => output.WriteLine(line.ToJsonString(Options));
}
