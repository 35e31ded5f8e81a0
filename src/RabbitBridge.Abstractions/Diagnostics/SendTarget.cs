namespace RabbitBridge;

/// <summary>To whom something is sent, as spans and measurements tell it.</summary>
internal static class SendTarget
{
    public const string Path = "path";
    public const string Session = "session";
    public const string Filter = "filter";
    public const string Project = "project";
}
