using System.Text.Json.Serialization;

namespace RabbitBridge.Events;

/// <summary>The JSON of mirrored events, source-generated.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(MirroredSession))]
[JsonSerializable(typeof(MirroredMessage))]
internal sealed partial class EventJson : JsonSerializerContext;
