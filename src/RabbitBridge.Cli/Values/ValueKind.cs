namespace RabbitBridge.Cli.Values;

/// <summary>What a value on the command line is.</summary>
internal enum ValueKind
{
    Text,
    Json,
    Int64,
    Double,

    /// <summary>Bytes, as base64.</summary>
    Binary,
}
