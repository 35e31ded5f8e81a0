using System.Text.Json;

namespace RabbitBridge.Cli.Workers;

internal static class ErrorReasonNames
{
    /// <summary>The name as the documents and the wire spell it: UNHANDLED_MESSAGE.</summary>
    public static string ToWireName(this ErrorReason reason) => JsonNamingPolicy.SnakeCaseUpper.ConvertName(reason.ToString());
}
