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
[JsonDerivedType(typeof(Report), "report")]
internal abstract record WorkerCommand
{
    public long Id { get; init; }

    /// <summary>Comes first, and once. What is null has the gateway's default.</summary>
    public sealed record StartGateway(string Name, Uri Uri, string Prefix, int? PresenceLimitMilliseconds = null) : WorkerCommand;

    public sealed record OpenSession : WorkerCommand;

    public sealed record AddHandler(string Session, string Path, HandlerBehaviour Behaviour, string? Answer) : WorkerCommand;

    public sealed record ReleaseHandler(int Handler) : WorkerCommand;

    public sealed record CloseHandler(int Handler) : WorkerCommand;

    public sealed record SetStream(string Session, string Path, HandlerBehaviour Behaviour, string? Answer) : WorkerCommand;

    /// <summary>Sends to a session if <paramref name="Recipient"/> names one, else by path.</summary>
    public sealed record Send(string Session, string? Recipient, string Path, string Body, int? TimeoutMilliseconds) : WorkerCommand;

    public sealed record Report : WorkerCommand;
}
