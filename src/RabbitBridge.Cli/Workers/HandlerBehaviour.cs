namespace RabbitBridge.Cli.Workers;

/// <summary>What a worker's handler or stream does with a request.</summary>
internal enum HandlerBehaviour
{
    /// <summary>Answers with the request.</summary>
    Echo,

    /// <summary>Answers with a fixed text.</summary>
    Fixed,

    /// <summary>Never answers.</summary>
    Silent,

    /// <summary>Keeps requests until it is released, then echoes them and all that follow.</summary>
    Held,

    /// <summary>Keeps each request upon the thread that brought it, which it blocks until it is released; then as <see cref="Held"/>.</summary>
    Blocking,
}
