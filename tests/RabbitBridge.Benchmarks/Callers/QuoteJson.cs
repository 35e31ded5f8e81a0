using System.Text.Json.Serialization;

namespace RabbitBridge.Benchmarks.Callers;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Quote))]
internal sealed partial class QuoteJson : JsonSerializerContext;
