using System.Collections.Concurrent;
using System.Text.Json;
using RabbitBridge.AspNetCore.Diagnostics;
using RabbitBridge.Gateways;
using RabbitBridge.Remote;
using RabbitBridge.Sessions;

namespace RabbitBridge.AspNetCore.Remote;

/// <summary>What takes its time: registrations, changes of sessions, and listeners of a remote session.</summary>
internal sealed class RemoteFeatures(GatewayEngine gateway, Session session, RemoteMessages messages, ClientShare share, ClientQueue queue, RemoteOptions options, ILogger logger)
{
    private readonly ConcurrentDictionary<long, Task<IAsyncDisposable>> _listeners = new();
    private readonly RemoteProjects _projects = new(gateway.ProjectSender, session, share, queue);

    public void OnMessage(RemoteMessage message)
    {
        Func<RemoteMessage, Task<RemoteMessage>>? operation = message.Type switch
        {
            RemoteMessageType.AddHandler => AddHandlerAsync,
            RemoteMessageType.RemoveHandler => RemoveHandlerAsync,
            RemoteMessageType.SetProperties => SetPropertiesAsync,
            RemoteMessageType.ChangeRoles => ChangeRolesAsync,
            RemoteMessageType.CloseSessions => CloseSessionsAsync,
            RemoteMessageType.AddListener => AddListenerAsync,
            RemoteMessageType.RemoveListener => RemoveListenerAsync,
            RemoteMessageType.Routes => RoutesAsync,
            RemoteMessageType.AddService => AddServiceAsync,
            RemoteMessageType.RemoveService => RemoveServiceAsync,
            RemoteMessageType.Services => ServicesAsync,
            RemoteMessageType.ProjectSend => _projects.SendAsync,
            RemoteMessageType.AddMessageHandler => AddMessageHandlerAsync,
            RemoteMessageType.RemoveMessageHandler => RemoveMessageHandlerAsync,
            _ => null,
        };
        // An answer to what nobody waits for any more, or a message that only gateways send.
        if (operation is not null)
            _ = RunAsync(message, operation);
    }

    /// <summary>The client does not wait any more.</summary>
    public void Cancel(long id) => _projects.Cancel(id);

    /// <summary>The client has its message handlers elsewhere.</summary>
    public void RemoveMessageHandlers() => _projects.RemoveHandlers();

    private static RemoteMessage Done(long id) => new(RemoteMessageType.Response, id);

    private static RemoteMessage Done(long id, int sessions) => new(RemoteMessageType.Response, id)
    {
        ContentType = ContentTypes.Json,
        Payload = JsonSerializer.SerializeToUtf8Bytes(sessions, RemoteJson.Default.Int32),
    };

    private static SessionFilter Filter(RemoteMessage message) =>
        SessionFilter.Parse(message.Filter ?? throw new InvalidMessageDataException("There is neither a session nor a filter."));

    private void CheckRoomForHandler()
    {
        var handlers = session.HandlerCount;
        if (handlers >= options.MaxHandlers)
            throw new OverloadedException($"The session has {handlers} handlers, as many as it may (Remote:MaxHandlers).");
    }

    private async Task RunAsync(RemoteMessage message, Func<RemoteMessage, Task<RemoteMessage>> operation)
    {
        // A call like any other for whoever lets the session's calls come to their end.
        session.Work.CallStarted();
        try
        {
            queue.Post(await operation(message).ConfigureAwait(false));
        }
        catch (MessagingException exception)
        {
            queue.Post(RemoteMessage.Failed(message.Id, exception.Reason, exception.Message));
        }
        catch (ArgumentException exception)
        {
            queue.Post(RemoteMessage.Failed(message.Id, ErrorReason.InvalidData, exception.Message));
        }
        catch (OperationCanceledException) when (session.IsClosed)
        {
            // The client has heard that its session is over.
        }
#pragma warning disable CA1031 // Nobody waits for this but the client, which must have an answer.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.OperationFailed(logger, exception, session.Id, message.Type);
            queue.Post(RemoteMessage.Failed(message.Id, ErrorReason.CommunicationFailure, "The gateway failed."));
        }
        finally
        {
            session.Work.CallEnded();
        }
    }

    private async Task<RemoteMessage> AddHandlerAsync(RemoteMessage message)
    {
        CheckRoomForHandler();
        await messages.AddHandlerAsync(message.Path, message.Names, message.Redelivery, session.Closed).ConfigureAwait(false);
        return Done(message.Id);
    }

    private async Task<RemoteMessage> RemoveHandlerAsync(RemoteMessage message)
    {
        await messages.RemoveHandlerAsync(message.Path).ConfigureAwait(false);
        return Done(message.Id);
    }

    private Task<RemoteMessage> AddMessageHandlerAsync(RemoteMessage message)
    {
        CheckRoomForHandler();
        _projects.AddHandler(message.Text);
        return Task.FromResult(Done(message.Id));
    }

    private Task<RemoteMessage> RemoveMessageHandlerAsync(RemoteMessage message)
    {
        _projects.RemoveHandler(message.Text);
        return Task.FromResult(Done(message.Id));
    }

    private async Task<RemoteMessage> SetPropertiesAsync(RemoteMessage message)
    {
        var values = message.Values ?? throw new InvalidMessageDataException("There are no properties to set.");
        if (message.Session is not { } target)
            return Done(message.Id, await session.Sessions.SetPropertiesAsync(Filter(message), values, session.Closed).ConfigureAwait(false));
        var previous = await session.Sessions.SetPropertiesAsync(target, values, session.Closed).ConfigureAwait(false);
        return new RemoteMessage(RemoteMessageType.Response, message.Id)
        {
            ContentType = ContentTypes.Json,
            Payload = JsonSerializer.SerializeToUtf8Bytes(previous.ToDictionary(), RemoteJson.Default.DictionaryStringString),
        };
    }

    private async Task<RemoteMessage> ChangeRolesAsync(RemoteMessage message)
    {
        if (message.Session is not { } target)
            return Done(message.Id, await session.Sessions.ChangeRolesAsync(Filter(message), message.Names, message.AddedRoles, session.Closed).ConfigureAwait(false));
        await session.Sessions.ChangeRolesAsync(target, message.Names, message.AddedRoles, session.Closed).ConfigureAwait(false);
        return Done(message.Id);
    }

    private async Task<RemoteMessage> CloseSessionsAsync(RemoteMessage message)
    {
        if (message.Session is not { } target)
            return Done(message.Id, await session.Sessions.CloseAsync(Filter(message), session.Closed).ConfigureAwait(false));
        await session.Sessions.CloseAsync(target, session.Closed).ConfigureAwait(false);
        return Done(message.Id);
    }

    private async Task<RemoteMessage> AddListenerAsync(RemoteMessage message)
    {
        if (_listeners.ContainsKey(message.Id))
            throw new InvalidMessageDataException($"The listener {message.Id} is there already; each needs a number of its own.");
        if (_listeners.Count >= options.MaxListeners)
            throw new OverloadedException($"The session has {_listeners.Count} listeners, as many as it may (Remote:MaxListeners).");
        var selection = new SessionListenerOptions { Filter = Filter(message), Properties = message.Names };
        var adding = session.Sessions.AddListenerAsync(new RemoteListener(message.Id, queue.Post), selection, session.Closed);
        _listeners[message.Id] = adding;
        try
        {
            await adding.ConfigureAwait(false);
        }
        catch
        {
            _listeners.TryRemove(message.Id, out _);
            throw;
        }

        return Done(message.Id);
    }

    private Task<RemoteMessage> RoutesAsync(RemoteMessage message)
    {
        session.Demand(Permission.ViewSession, MessagePath.Root);
        var routes = new RemoteRoutes(
            gateway.Name,
            [.. gateway.Gateways.Select(other => other.Name)],
            [.. gateway.Routes.Select(route => new RemoteRoute(route.Path, route.LocalHandlers, route.Gateways, route.Service, route.Problem))],
            gateway.Distributor.Handlers,
            gateway.Services.FindsBoundQueues);
        return Task.FromResult(new RemoteMessage(RemoteMessageType.Response, message.Id)
        {
            ContentType = ContentTypes.Json,
            Payload = JsonSerializer.SerializeToUtf8Bytes(routes, RemoteJson.Default.RemoteRoutes),
        });
    }

    private async Task<RemoteMessage> AddServiceAsync(RemoteMessage message)
    {
        session.Demand(Permission.ControlServer, MessagePath.Root);
        ServiceOptions service;
        try
        {
            service = JsonSerializer.Deserialize(message.Text, RemoteJson.Default.ServiceOptions) ?? throw new InvalidMessageDataException("The service is null.");
        }
        catch (JsonException exception)
        {
            throw new InvalidMessageDataException($"The service cannot be read: {exception.Message}", exception);
        }

        await gateway.Services.AddAsync(service, session.Closed).ConfigureAwait(false);
        return Done(message.Id);
    }

    private async Task<RemoteMessage> RemoveServiceAsync(RemoteMessage message)
    {
        session.Demand(Permission.ControlServer, MessagePath.Root);
        var wasThere = await gateway.Services.RemoveAsync(message.Text, session.Closed).ConfigureAwait(false);
        return new RemoteMessage(RemoteMessageType.Response, message.Id)
        {
            ContentType = ContentTypes.Json,
            Payload = JsonSerializer.SerializeToUtf8Bytes(wasThere, RemoteJson.Default.Boolean),
        };
    }

    private Task<RemoteMessage> ServicesAsync(RemoteMessage message)
    {
        session.Demand(Permission.ViewSession, MessagePath.Root);
        return Task.FromResult(new RemoteMessage(RemoteMessageType.Response, message.Id)
        {
            ContentType = ContentTypes.Json,
            Payload = JsonSerializer.SerializeToUtf8Bytes([.. gateway.Services.All], RemoteJson.Default.ListServiceInfo),
        });
    }

    private async Task<RemoteMessage> RemoveListenerAsync(RemoteMessage message)
    {
        if (_listeners.TryRemove(message.Id, out var listener))
        {
            // A client that has given up waiting may take back what is still being added.
            await (await listener.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
        }

        return Done(message.Id);
    }
}
