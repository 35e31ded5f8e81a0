using System.Text.Json;
using System.Text.Json.Serialization;

namespace RabbitBridge.Benchmarks.Control;

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(WorkerCommand))]
[JsonSerializable(typeof(WorkerEvent))]
internal sealed partial class ControlJson : JsonSerializerContext;
