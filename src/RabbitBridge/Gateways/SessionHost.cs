using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using RabbitBridge.Calls;
using RabbitBridge.Diagnostics;
using RabbitBridge.Fabric;
using RabbitBridge.Filters;
using RabbitBridge.Messages;
using RabbitBridge.Projects;
using RabbitBridge.Routing;
using RabbitBridge.Sessions;

namespace RabbitBridge.Gateways;

/// <summary>Opens the sessions of a gateway, and ends what they have under way when they close.</summary>
internal sealed class SessionHost(
    FabricIdentity identity,
    GatewayOptions options,
    IAuthorizer authorizer,
    SessionDirectory directory,
    HandlerDirectory handlers,
    SessionListeners listeners,
    RequestSender sender,
    ProjectSender projectSender,
    ProjectHost projects,
    Router router,
    RequestRegister register,
    ILogger logger)
    : ISessionHost
{
    private volatile bool _isStopping;

    public IAuthorizer Authorizer => authorizer;

    public HandlerDirectory Handlers => handlers;

    public ILogger Logger => logger;

    public Clock Clock => identity.Clock;

    public int MaxMessageBytes => options.MaxMessageBytes;

    /// <summary>The gateway is being stopped: what its sessions have in hand goes to nobody here any more.</summary>
    public void Stopping() => _isStopping = true;

    public SessionFeatures FeaturesOf(Session session) => new(
        new SessionMessages(session, sender, handlers, logger),
        new SessionsFeature(session, sender.FilterCalls, listeners, options.RequestTimeout, logger),
        new SessionProjects(session, projectSender, projects, logger, sender.Telemetry));

    /// <exception cref="AccessDeniedException">The project is not for the session's roles.</exception>
    public Session Open(SessionOptions sessionOptions)
    {
        while (true)
        {
            var id = new SessionId(identity.Instance, BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))));
            var properties = SessionProperties.Create(id, options.Name, options.TimeProvider.GetUtcNow(), sessionOptions);
            var session = new Session(this, id, sessionOptions.Principal, properties);
            CheckProject(session, sessionOptions.Roles);
            if (directory.TryAdd(session))
                return session;
        }
    }

    public void Remove(Session session) => directory.Remove(session);

    public void EndWorkOf(Session session)
    {
        // Most sessions close with nothing under way, and need not search the gateway's calls: where 100,000 sessions were closed
        // at once, that kept two cores from everything else for 17 s.
        if (session.Work.HasRequests)
            RefuseRequestsOf(session);
        if (!session.Work.HasCalls)
            return;
        var why = $"Session {session.Id} was closed.";
        sender.Calls.FailWhere(call => call.Work == session.Work, ErrorReason.SessionClosed, why);
        sender.FilterCalls.FailWhere(call => call.Session == session, ErrorReason.SessionClosed, why);
    }

    /// <summary>Closes all sessions.</summary>
    public Task CloseAllAsync() => Task.WhenAll(directory.All.Select(CloseAsync));

    // Passes on what a closed session had in hand and another one may handle, and tells the senders of the rest that nobody will answer.
    private void RefuseRequestsOf(Session session)
    {
        var own = sender.Calls.Where(static call => call.Carrier is IncomingRequest).Select(static call => call.Carrier);
        var requests = register.All.Concat<object?>(own).OfType<IncomingRequest>().Where(request => request.Receiver.Work == session.Work).ToArray();
        // The end of one must not be the turn of the next.
        var turns = requests.Select(static request => request.Receiver.Turns).OfType<HandlerTurns>().Distinct().ToArray();
        foreach (var each in turns)
            each.Close();
        var takenBack = new List<(RequestArrival Arrival, long Deadline)>();
        // Those that a client has come to know last go first, for it gives turns as well.
        foreach (var request in Enumerable.Reverse(requests))
        {
            if (router.IsHandled(request.MessagePath) && request.TryTakeBack(out var arrival, out var deadline))
                takenBack.Add((arrival, deadline));
            else
                request.SessionClosed();
        }

        foreach (var each in turns)
            each.Over();
        foreach (var (arrival, deadline) in Enumerable.Reverse(takenBack))
        {
            if (arrival.ReplyTo is PendingCall call)
                router.Route(call, arrival.Request with { RemainingMilliseconds = call.Remaining(Clock.Now) });
            // Of a gateway that is being stopped the broker has what is not acknowledged, and gives it to another one.
            else if (!_isStopping)
                router.Deliver(arrival with { Request = arrival.Request with { RemainingMilliseconds = deadline == 0 ? 0 : (int)Clock.Until(deadline) } }, deadline);
        }
    }

    private void CheckProject(Session session, IReadOnlyCollection<string> roles)
    {
        if (session.Properties.GetValueOrDefault(SessionProperty.Project) is not { } project || authorizer.MayBelong(project, roles))
            return;
        Log.ProjectDenied(logger, FilterText.Show(session.Principal), FilterText.Show(project));
        throw new AccessDeniedException($"The project '{FilterText.Show(project)}' is not for the session's roles.");
    }

    private async Task CloseAsync(Session session)
    {
        try
        {
            await session.CloseAsync(SessionCloseReason.ClosedByController).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // One session must not keep the gateway from closing the others and from disconnecting.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.CloseFailed(logger, exception, session.Id);
        }
    }
}
