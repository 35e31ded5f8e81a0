using System.Text.Json.Serialization;

namespace RabbitBridge.RabbitMq.Services;

[JsonSerializable(typeof(List<ManagementBinding>))]
internal sealed partial class ManagementJson : JsonSerializerContext;
