namespace RabbitBridge.UnitTests.Security;

/// <summary>A session of which only the roles matter.</summary>
internal sealed class FakeSession(string roles) : ISession
{
    public SessionId Id => default;

    public string Principal => "";

    public IReadOnlyDictionary<string, string> Properties { get; } = new Dictionary<string, string> { [SessionProperty.Roles] = roles };

    public IMessages Messages => throw new NotSupportedException();

    public ISessions Sessions => throw new NotSupportedException();

    public IProjects Projects => throw new NotSupportedException();

    public CancellationToken Closed => default;

    public Task CloseAsync() => Task.CompletedTask;

    public ValueTask DisposeAsync() => default;
}
