namespace RabbitBridge.RabbitMq.Projects;

/// <summary>The headers of project messages that are published.</summary>
internal static class ProjectHeaders
{
    public const string Project = "rb-project";

    public const string Handler = "rb-message-handler";

    /// <summary>The sender's principal; empty if anonymous.</summary>
    public const string Principal = "rb-principal";
}
