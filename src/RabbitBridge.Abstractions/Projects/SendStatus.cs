using System.Text.Json.Serialization;

namespace RabbitBridge;

/// <summary>What became of a project message at one system.</summary>
public enum SendStatus
{
    /// <summary>It was handed to the handler's queue: <c>SENT</c>.</summary>
    [JsonStringEnumMemberName("SENT")]
    Sent,

    /// <summary>There is no handler of that name: <c>NO_HANDLER</c>.</summary>
    [JsonStringEnumMemberName("NO_HANDLER")]
    NoHandler,

    /// <summary>The handler is not for the sender's roles: <c>DENIED</c>.</summary>
    [JsonStringEnumMemberName("DENIED")]
    Denied,

    /// <summary>The server is not known, does not answer or was lost; whether it has the message is not known: <c>UNREACHABLE</c>.</summary>
    [JsonStringEnumMemberName("UNREACHABLE")]
    Unreachable,

    /// <summary>The handler's queue is full, or the server has too much to do: <c>OVERLOADED</c>.</summary>
    [JsonStringEnumMemberName("OVERLOADED")]
    Overloaded,
}
