namespace RabbitBridge.Sessions;

/// <summary>What applications reach through a session.</summary>
internal sealed record SessionFeatures(IMessages Messages, ISessions Sessions, IProjects Projects);
