using System.Text.Json.Serialization;

namespace RabbitBridge.Sessions;

/// <summary>How the values that properties had before a change cross the fabric.</summary>
[JsonSerializable(typeof(Dictionary<string, string?>))]
internal sealed partial class PreviousProperties : JsonSerializerContext
{
    public static DataType<Dictionary<string, string?>> DataType => field ??= DataTypes.Json(Default.DictionaryStringString);
}
