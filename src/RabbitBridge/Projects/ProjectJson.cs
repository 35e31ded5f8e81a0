using System.Text.Json.Serialization;

namespace RabbitBridge.Projects;

/// <summary>The JSON of project messages between gateways, source-generated.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, UseStringEnumConverter = true)]
[JsonSerializable(typeof(GatewayMessage))]
[JsonSerializable(typeof(List<SystemReceipt>))]
internal sealed partial class ProjectJson : JsonSerializerContext;
