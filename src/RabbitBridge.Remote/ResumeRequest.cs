namespace RabbitBridge.Remote;

/// <summary>A session to go on with after its connection was lost.</summary>
/// <param name="Session">Its id.</param>
/// <param name="Key">The secret that the gateway gave it.</param>
/// <param name="Received">The last frame that the client has.</param>
internal sealed record ResumeRequest(string Session, string Key, long Received);
