using System.Text.Json.Serialization;

namespace RabbitBridge.Cli.Workers;

/// <summary>A line of a worker's standard input; the reply bears the same number.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "do")]
[JsonDerivedType(typeof(StartGateway), "start")]
[JsonDerivedType(typeof(OpenSession), "open")]
[JsonDerivedType(typeof(AddHandler), "handle")]
[JsonDerivedType(typeof(ReleaseHandler), "release")]
[JsonDerivedType(typeof(CloseHandler), "close")]
[JsonDerivedType(typeof(SetStream), "stream")]
[JsonDerivedType(typeof(Send), "send")]
[JsonDerivedType(typeof(Receive), "receive")]
[JsonDerivedType(typeof(SendMessage), "message")]
[JsonDerivedType(typeof(Report), "report")]
internal abstract record WorkerCommand
{
    public long Id { get; init; }

    /// <summary>Comes first, and once. What is null has the gateway's default.</summary>
    public sealed record StartGateway(string Name, Uri Uri, string Prefix, int? PresenceLimitMilliseconds = null) : WorkerCommand;

    public sealed record OpenSession(string? Project = null, IReadOnlyList<string>? Roles = null) : WorkerCommand;

    public sealed record AddHandler(string Session, string Path, HandlerBehaviour Behaviour, string? Answer) : WorkerCommand;

    public sealed record ReleaseHandler(int Handler) : WorkerCommand;

    public sealed record CloseHandler(int Handler) : WorkerCommand;

    public sealed record SetStream(string Session, string Path, HandlerBehaviour Behaviour, string? Answer) : WorkerCommand;

    /// <summary>Sends to a session if <paramref name="Recipient"/> names one, else by path.</summary>
    public sealed record Send(string Session, string? Recipient, string Path, string Body, int? TimeoutMilliseconds) : WorkerCommand;

    /// <summary>Has a session receive the messages of its project that are for a handler of this name. They are counted.</summary>
    public sealed record Receive(string Session, string MessageHandler) : WorkerCommand;

    /// <summary>Sends a project message to the clients with a role at some gateways.</summary>
    public sealed record SendMessage(string Session, string Project, string MessageHandler, string Role, IReadOnlyList<string> Servers) : WorkerCommand;

    public sealed record Report : WorkerCommand;
}
