namespace RabbitBridge.Cli.Demo.Remote;

/// <summary>A remote session that handles <c>demo/NAME</c> and asks others.</summary>
internal interface IParticipant : IAsyncDisposable
{
    string Name { get; }

    /// <summary>Its property <c>$ClientType</c>.</summary>
    string ClientType { get; }

    /// <summary>What it runs on, for people.</summary>
    string Kind { get; }

    /// <summary>The gateway at which it is, or was when it was last heard of.</summary>
    string Gateway { get; }

    /// <summary>Connects, and registers its handler.</summary>
    Task OpenAsync(IReadOnlyList<Uri> addresses, CancellationToken cancellationToken);

    /// <summary>Sends the same request once and then again, one after the other, as long as the expected answer comes.</summary>
    Task<Answer> AskAsync(string path, string expected, int repetitions, CancellationToken cancellationToken);
}
