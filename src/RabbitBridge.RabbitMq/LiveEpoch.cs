using RabbitBridge.Fabric;
using RabbitBridge.RabbitMq.Connections;
using RabbitBridge.RabbitMq.Consuming;
using RabbitBridge.RabbitMq.Links;
using RabbitBridge.RabbitMq.PublicPlane;
using RabbitBridge.RabbitMq.Publishing;
using RabbitBridge.RabbitMq.Services;
using RabbitBridge.RabbitMq.Topology;
using RabbitMQ.Client;

namespace RabbitBridge.RabbitMq;

/// <summary>An epoch with all that hangs on it: opens it, looks after it and takes it apart.</summary>
internal sealed class LiveEpoch(EpochContext context, int number) : IAsyncDisposable
{
    public Epoch Epoch { get; } = new(context, number);

    /// <summary>Whether another gateway listened for presence when this one came: an inbox was bound for it.</summary>
    public bool FoundOthers { get; private set; }

    public Publisher Publisher { get; private set; } = null!;

    public EpochLinks Links { get; private set; } = null!;

    public PublicContext Public { get; private set; } = null!;

    public BranchConsumers Branches { get; private set; } = null!;

    public SessionBinder Sessions { get; private set; } = null!;

    public ServiceBinder Services { get; private set; } = null!;

    public EventRoom EventRoom { get; } = new();

    /// <summary>The name of the inbox.</summary>
    public string Address => Epoch.Address;

    /// <summary>Completes with the reason when the epoch is over.</summary>
    public Task<string> Ended => Epoch.Ended;

    /// <summary>Whether the broker has blocked the publishing connection.</summary>
    public bool IsBlocked => Epoch.IsBlocked;

    public void End(string reason) => Epoch.End(reason);

    /// <summary>Connects, declares the topology and begins to consume the inbox. Whatever becomes of it, the epoch is to be disposed of.</summary>
    /// <param name="sessions">The inbox's bindings for filter requests.</param>
    /// <param name="stepLimit">How long each step may take.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task OpenAsync(IEnumerable<SessionBinding> sessions, TimeSpan stepLimit, CancellationToken cancellationToken)
    {
        var opening = new Opening(Epoch, stepLimit, Epoch.Clock.TimeProvider, cancellationToken);
        var control = await Epoch.ConnectAsync("control", opening).ConfigureAwait(false);
        var consume = await Epoch.ConnectAsync("consume", opening).ConfigureAwait(false);
        var publish = await Epoch.ConnectAsync("publish", opening).ConfigureAwait(false);
        Epoch.HeedBlocks(publish);

        await opening.StepAsync("Declaring the exchanges", token => Exchanges.DeclareAsync(control, Epoch.Names, token)).ConfigureAwait(false);

        var publishing = await Epoch.OpenChannelAsync(publish, "publishing", opening, new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: false)).ConfigureAwait(false);
        var lone = await Epoch.OpenChannelAsync(publish, "lone publishing", opening).ConfigureAwait(false);
        Publisher = new Publisher(
            publishing, lone, context.UserName, publish.FrameMax, Epoch.Clock, new SendBudget(context.Options.MaxUnsentBytes), Epoch.End, returned => Links.OnLoneReturned(returned));
        Links = new EpochLinks(Epoch, Publisher, context.Options.FramesInFlight);
        Public = new PublicContext(Epoch, Publisher);

        // To nobody: a user that may not answer plain callers hears of it now, and not when the first of them asks.
        await opening.StepAsync("Publishing", _ => Publisher.PublishAsync(string.Empty, $"{Address}.nobody", ProbeMessage.Type, Address)).ConfigureAwait(false);
        // Before the own inbox is bound, the broker can tell whether any other is.
        FoundOthers = await opening.StepAsync("Asking whether there are other gateways", _ => Publisher.PublishAsync(Epoch.Names.Presence, string.Empty, ProbeMessage.Type, Address)).ConfigureAwait(false) != PublishOutcome.Returned;

        var inbox = await Epoch.OpenChannelAsync(consume, "inbox", opening).ConfigureAwait(false);
        await opening.StepAsync("Consuming the own inbox", token => Inbox.OpenAsync(inbox, Links, Public, context.Options.InboxMaxBytes, token)).ConfigureAwait(false);

        Services = new ServiceBinder(Epoch, control);
        Branches = new BranchConsumers(Links, Public, control, consume, context.Options);
        // Only the connection that owns an exclusive queue may bind it.
        Sessions = new SessionBinder(Epoch, await Epoch.OpenChannelAsync(consume, "binding", opening).ConfigureAwait(false));
        foreach (var session in sessions)
            await opening.StepAsync("Binding the own inbox", token => Sessions.BindAsync(session, token)).ConfigureAwait(false);
    }

    /// <summary>Waits until a message to the own inbox has come back; one that is on its way will do.</summary>
    public async Task ProbeAsync()
    {
        var arrival = Epoch.SelfProbe.NextArrival();
        await ProbeSelfAsync().ConfigureAwait(false);
        await arrival.ConfigureAwait(false);
    }

    /// <summary>Looks after the epoch: deaf inbox, stuck publisher, refused responses.</summary>
    public void Watch()
    {
        var now = Epoch.Clock.Now;
        foreach (var link in Links.All)
        {
            link.OfferRefused();
            link.Inquire(now);
            link.TellRefused();
        }

        if (IsBlocked)
            return;
        var limit = (long)context.Options.OperationTimeout.TotalMilliseconds;
        // RabbitMQ.Client 7.2.2 can hang in a publish for ever after a socket error (rabbitmq-dotnet-client #1930).
        if (Publisher.OldestUnconfirmed is var oldest and not 0 && now - Math.Max(oldest, Epoch.UnblockedAt) is var waited && waited > limit)
            End($"The broker has not confirmed a message for {waited} ms.");
        else if (Epoch.SelfProbe.SentAt is var probed and not 0 && now - Math.Max(probed, Epoch.UnblockedAt) is var missed && missed > limit)
            End($"The own inbox has not delivered a message for {missed} ms.");
    }

    /// <summary>Sends a message to the own inbox through the broker, unless one is on its way: an inbox may be gone though its connection is open. Never fails.</summary>
    public async Task ProbeSelfAsync()
    {
        if (!Epoch.SelfProbe.TryBegin(Epoch.Clock.Now))
            return;
        try
        {
            var outcome = await Publisher.PublishAsync(Epoch.Names.Gateway, Address, ProbeMessage.Type, Address).ConfigureAwait(false);
            if (outcome == PublishOutcome.Returned)
                End("The own inbox has disappeared from the broker.");
            else if (outcome == PublishOutcome.Refused)
                // A full inbox refuses too, and is not deaf.
                Epoch.SelfProbe.Refused();
        }
        catch (MessagingException exception)
        {
            // The epoch has ended already.
            End(exception.Message);
        }
    }

    /// <summary>Whether everything has been read that had come to the own inbox by a time; finds out if that is not known.</summary>
    public bool HasReadUntil(long time)
    {
        if (Epoch.SelfProbe.ReadUntil >= time)
            return true;
        _ = ProbeSelfAsync();
        return false;
    }

    /// <summary>Waits until the broker has confirmed everything that was handed over.</summary>
    public async Task DrainAsync()
    {
        // A message to the own inbox is published after what is queued already.
        do
            await Publisher.PublishAsync(Epoch.Names.Gateway, Address, ProbeMessage.Type, Address).ConfigureAwait(false);
        while (Links.All.Any(link => link.IsBusy));
        await Publisher.FlushLoneAsync(Epoch.Names).ConfigureAwait(false);
    }

    /// <summary>Takes nothing more from the gateway, also where the epoch has not opened as far as that.</summary>
    public void CloseLinks() => Links?.CloseAll();

    public async ValueTask DisposeAsync()
    {
        End("The gateway closes the connection.");
        CloseLinks();
        if (Publisher is not null)
            Publisher.Dispose();
        if (Branches is not null)
            await Branches.DisposeAsync().ConfigureAwait(false);
        Sessions?.Dispose();
        await Epoch.CloseAsync().ConfigureAwait(false);
    }
}
