namespace RabbitBridge.Sessions;

/// <summary>A session's handler for messages of its project.</summary>
internal interface IMessageSink
{
    /// <summary>Takes a message. Returns soon.</summary>
    SendStatus Take(ProjectMessage message);
}
