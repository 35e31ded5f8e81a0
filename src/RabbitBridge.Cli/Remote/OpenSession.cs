namespace RabbitBridge.Cli.Remote;

/// <summary>An open session.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Properties">Those of its properties that were asked for.</param>
internal sealed record OpenSession(SessionId Id, IReadOnlyDictionary<string, string> Properties);
