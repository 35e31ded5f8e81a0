namespace RabbitBridge.Benchmarks.Responders;

/// <summary>Answers the requests of the partner process.</summary>
internal interface IEchoServer : IAsyncDisposable
{
    /// <summary>Where the partner finds it.</summary>
    string Address { get; }
}
