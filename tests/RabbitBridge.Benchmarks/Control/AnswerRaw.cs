namespace RabbitBridge.Benchmarks.Control;

/// <summary>Be an echo server over RabbitMQ.Client. The address of the ready worker is its queue.</summary>
/// <param name="Site">Where.</param>
/// <param name="Topic">A word: keys that begin with it come to the queue from <c>amq.topic</c> too.</param>
/// <param name="IsSafe">Whether requests are acknowledged by hand and answers mandatory and confirmed.</param>
/// <param name="Acknowledges">Whether requests are acknowledged by hand, and nothing else is as if it were safe.</param>
internal sealed record AnswerRaw(Site Site, string? Topic = null, bool IsSafe = false, bool Acknowledges = false) : WorkerCommand;
