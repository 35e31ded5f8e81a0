using System.Text.Json.Serialization;

namespace RabbitBridge.Remote;

/// <summary>The JSON of the protocol, source-generated.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(OpenRequest))]
[JsonSerializable(typeof(OpenReply))]
[JsonSerializable(typeof(Dictionary<string, string?>))]
[JsonSerializable(typeof(RemoteRoutes))]
[JsonSerializable(typeof(RemoteProjectSend))]
[JsonSerializable(typeof(RemoteProjectMessage))]
[JsonSerializable(typeof(List<RemoteReceipt>))]
[JsonSerializable(typeof(ServiceOptions))]
[JsonSerializable(typeof(List<ServiceInfo>))]
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(bool))]
internal sealed partial class RemoteJson : JsonSerializerContext;
