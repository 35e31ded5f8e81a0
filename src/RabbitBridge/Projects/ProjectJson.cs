using System.Text.Json.Serialization;

namespace RabbitBridge.Projects;

/// <summary>The JSON of receipts for plain AMQP clients, source-generated.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, UseStringEnumConverter = true)]
[JsonSerializable(typeof(IReadOnlyList<SystemReceipt>))]
internal sealed partial class ProjectJson : JsonSerializerContext;
