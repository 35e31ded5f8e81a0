using System.Text.Json.Serialization;

namespace RabbitBridge.Cli.Demo.Remote;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ScriptCommand))]
[JsonSerializable(typeof(ScriptReply))]
internal sealed partial class ScriptJson : JsonSerializerContext;
