using System.Text.Json.Serialization;

namespace RabbitBridge.Remote;

/// <summary>The JSON of the protocol, source-generated.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(OpenRequest))]
[JsonSerializable(typeof(OpenReply))]
[JsonSerializable(typeof(Dictionary<string, string?>))]
[JsonSerializable(typeof(RemoteRoutes))]
[JsonSerializable(typeof(int))]
internal sealed partial class RemoteJson : JsonSerializerContext;
