using Microsoft.Extensions.Logging;
using RabbitBridge.Fabric;
using RabbitBridge.Sessions;

namespace RabbitBridge.Filters;

/// <summary>The Sessions feature of a session in this gateway. A change goes to the sessions as a filter request does.</summary>
internal sealed class SessionsFeature(Session session, FilterCalls calls, SessionListeners listeners, TimeSpan requestTimeout, ILogger logger) : ISessions
{
    private static readonly Dictionary<string, string?> NoProperties = [];

    public async Task<IReadOnlyDictionary<string, string?>> SetPropertiesAsync(
        SessionId session, IReadOnlyDictionary<string, string?> properties, CancellationToken cancellationToken = default) =>
        await ChangeOneAsync(session, PropertyChange(properties, wantsPrevious: true), cancellationToken).ConfigureAwait(false);

    public Task<int> SetPropertiesAsync(
        SessionFilter filter, IReadOnlyDictionary<string, string?> properties, CancellationToken cancellationToken = default) =>
        ChangeAllAsync(filter, PropertyChange(properties, wantsPrevious: false), cancellationToken);

    public async Task ChangeRolesAsync(
        SessionId session, IReadOnlyCollection<string> remove, IReadOnlyCollection<string> add, CancellationToken cancellationToken = default) =>
        await ChangeOneAsync(session, RoleChange(remove, add, wantsPrevious: true), cancellationToken).ConfigureAwait(false);

    public Task<int> ChangeRolesAsync(
        SessionFilter filter, IReadOnlyCollection<string> remove, IReadOnlyCollection<string> add, CancellationToken cancellationToken = default) =>
        ChangeAllAsync(filter, RoleChange(remove, add, wantsPrevious: false), cancellationToken);

    public async Task CloseAsync(SessionId target, CancellationToken cancellationToken = default)
    {
        var close = Close();
        if (target == session.Id)
            throw await CloseOwnAsync().ConfigureAwait(false);
        if (await Send(Only(target), close).CountAsync(cancellationToken).ConfigureAwait(false) == 0)
            throw NoSuch(target);
    }

    // The own one, which those who close the others pass over, comes last: with it would end this call, wherever it has come to.
    public async Task<int> CloseAsync(SessionFilter filter, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var closed = await ChangeAllAsync(filter, Close(), cancellationToken).ConfigureAwait(false);
        return filter.Matches(session.Properties) ? throw await CloseOwnAsync().ConfigureAwait(false) : closed;
    }

    public async Task<IAsyncDisposable> AddListenerAsync(
        ISessionListener listener, SessionListenerOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(listener);
        Demand(Permission.ViewSession, Permission.RegisterHandler);
        options ??= new SessionListenerOptions();
        SessionChangeRules.CheckSelection(options.Properties);
        var registration = new ListenerRegistration(session, listener, options, listeners, logger);
        try
        {
            await listeners.AddAsync(registration).WaitAsync(cancellationToken).ConfigureAwait(false);
            await registration.PassedAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await registration.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        // A session that is closed already calls back at once.
        session.Closed.UnsafeRegister(static state => _ = ((ListenerRegistration)state!).DisposeAsync().AsTask(), registration);
        return registration;
    }

    private SessionChange PropertyChange(IReadOnlyDictionary<string, string?> properties, bool wantsPrevious)
    {
        ArgumentNullException.ThrowIfNull(properties);
        Demand(Permission.ViewSession, Permission.ModifySession);
        return new SessionChange(SessionChangeRules.Normalise(properties), [], [], wantsPrevious);
    }

    private SessionChange RoleChange(IReadOnlyCollection<string> remove, IReadOnlyCollection<string> add, bool wantsPrevious)
    {
        SessionChangeRules.CheckRoles(remove, add);
        Demand(Permission.ModifySession);
        return new SessionChange(NoProperties, [.. remove], [.. add], wantsPrevious);
    }

    private async Task<SessionClosedException> CloseOwnAsync()
    {
        await session.EndAsync().ConfigureAwait(false);
        return new SessionClosedException($"Session {session.Id} has closed itself.");
    }

    private SessionChange Close()
    {
        Demand(Permission.ModifySession);
        return new SessionChange(NoProperties, [], [], WantsPrevious: false) { Closes = true };
    }

    private async Task<IReadOnlyDictionary<string, string?>> ChangeOneAsync(SessionId target, SessionChange change, CancellationToken cancellationToken)
    {
        await foreach (var answer in Send(Only(target), change).ReadAsync(cancellationToken).ConfigureAwait(false))
            return answer.Response;
        throw NoSuch(target);
    }

    private static SessionFilter Only(SessionId session) => new(new EqualExpression(SessionProperty.SessionIdentifier, session.ToString()));

    private static NoSuchSessionException NoSuch(SessionId session) => new($"No session {session} is open.");

    private async Task<int> ChangeAllAsync(SessionFilter filter, SessionChange change, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return await Send(filter, change).CountAsync(cancellationToken).ConfigureAwait(false);
    }

    private FilteredAnswers<Dictionary<string, string?>> Send(SessionFilter filter, SessionChange change) => calls.Start(
        session,
        filter,
        new RequestEnvelope { Path = MessagePath.Root, Change = change, ContentType = ContentTypes.Json, Payload = default },
        RequestTimeout.Milliseconds(requestTimeout),
        PreviousProperties.DataType,
        operation: null).Answers;

    private void Demand(params ReadOnlySpan<Permission> permissions)
    {
        session.ThrowIfClosed();
        foreach (var permission in permissions)
            session.Demand(permission, MessagePath.Root);
    }
}
