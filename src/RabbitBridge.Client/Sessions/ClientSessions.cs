using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using RabbitBridge.Client.Diagnostics;
using RabbitBridge.Remote;
using RabbitBridge.Sessions;

namespace RabbitBridge.Client.Sessions;

/// <summary>The Sessions feature of a remote session.</summary>
internal sealed class ClientSessions(RemoteSession session, ILogger logger) : ISessions
{
    private readonly ConcurrentDictionary<long, ClientListener> _listeners = new();

    public async Task<IReadOnlyDictionary<string, string?>> SetPropertiesAsync(
        SessionId target, IReadOnlyDictionary<string, string?> properties, CancellationToken cancellationToken = default)
    {
        Check(properties);
        var reply = await session.AskAsync(
            new RemoteMessage(RemoteMessageType.SetProperties) { Session = target, Values = properties }, cancellationToken).ConfigureAwait(false);
        return JsonSerializer.Deserialize(reply.Payload.Span, RemoteJson.Default.DictionaryStringString)!;
    }

    public async Task<int> SetPropertiesAsync(
        SessionFilter filter, IReadOnlyDictionary<string, string?> properties, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        Check(properties);
        return Count(await session.AskAsync(
            new RemoteMessage(RemoteMessageType.SetProperties) { Filter = filter.ToString(), Values = properties }, cancellationToken).ConfigureAwait(false));
    }

    public async Task ChangeRolesAsync(
        SessionId target, IReadOnlyCollection<string> remove, IReadOnlyCollection<string> add, CancellationToken cancellationToken = default)
    {
        SessionChangeRules.CheckRoles(remove, add);
        await session.AskAsync(
            new RemoteMessage(RemoteMessageType.ChangeRoles) { Session = target, Names = [.. remove], AddedRoles = [.. add] }, cancellationToken).ConfigureAwait(false);
    }

    public async Task<int> ChangeRolesAsync(
        SessionFilter filter, IReadOnlyCollection<string> remove, IReadOnlyCollection<string> add, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        SessionChangeRules.CheckRoles(remove, add);
        return Count(await session.AskAsync(
            new RemoteMessage(RemoteMessageType.ChangeRoles) { Filter = filter.ToString(), Names = [.. remove], AddedRoles = [.. add] }, cancellationToken).ConfigureAwait(false));
    }

    public async Task CloseAsync(SessionId target, CancellationToken cancellationToken = default) =>
        await session.AskAsync(new RemoteMessage(RemoteMessageType.CloseSessions) { Session = target }, cancellationToken).ConfigureAwait(false);

    public async Task<int> CloseAsync(SessionFilter filter, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return Count(await session.AskAsync(new RemoteMessage(RemoteMessageType.CloseSessions) { Filter = filter.ToString() }, cancellationToken).ConfigureAwait(false));
    }

    public async Task<IAsyncDisposable> AddListenerAsync(
        ISessionListener listener, SessionListenerOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(listener);
        options ??= new SessionListenerOptions();
        SessionChangeRules.CheckSelection(options.Properties);
        cancellationToken.ThrowIfCancellationRequested();
        var made = new ClientListener(listener, options, RegisterAsync, RemoveAsync, logger);
        try
        {
            await made.Registration.RegisterAsync(session, () => made.DisposeAsync().AsTask(), cancellationToken).ConfigureAwait(false);
            // The open sessions came before the answer, but reach the listener on a thread of their own.
            await made.PassedAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            made.Close();
            _listeners.TryRemove(new(made.Id, made));
            throw;
        }

        return made;
    }

    public void OnEvent(RemoteMessage what)
    {
        if (_listeners.TryGetValue(what.Id, out var listener))
            listener.On(what);
    }

    /// <summary>Registers everything in a new session, in which all sessions are told again.</summary>
    /// <exception cref="CommunicationFailureException">That session is lost as well.</exception>
    public Task RegisterAgainAsync(RemoteLink link) => Task.WhenAll(_listeners.Values.Select(listener =>
        listener.Registration.RegisterAgainAsync(session, link, exception => Log.NotRegisteredAgain(logger, "session listener", exception.Message))));

    private static void Check(IReadOnlyDictionary<string, string?> properties)
    {
        ArgumentNullException.ThrowIfNull(properties);
        SessionChangeRules.CheckCount(properties.Count);
        foreach (var (key, value) in properties)
        {
            SessionChangeRules.CheckSettable(key);
            if (value is not null)
                SessionChangeRules.CheckValue(key, value);
        }
    }

    private static int Count(RemoteMessage reply) => JsonSerializer.Deserialize(reply.Payload.Span, RemoteJson.Default.Int32);

    private Task<RemoteMessage> RegisterAsync(ClientListener listener, RemoteLink link) => session.AskAsync(
        new RemoteMessage(RemoteMessageType.AddListener) { Filter = listener.Options.Filter.ToString(), Names = [.. listener.Options.Properties] },
        link,
        id =>
        {
            // Its events come before the answer.
            _listeners.TryRemove(new(listener.Id, listener));
            listener.Id = id;
            _listeners[id] = listener;
        });

    private async Task RemoveAsync(ClientListener listener)
    {
        var link = await listener.Registration.CloseAsync().ConfigureAwait(false);
        if (_listeners.TryRemove(new(listener.Id, listener)))
            link?.Post(new RemoteMessage(RemoteMessageType.RemoveListener, listener.Id));
    }
}
