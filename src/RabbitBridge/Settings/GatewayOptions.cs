namespace RabbitBridge;

/// <summary>Settings of a gateway, whatever fabric connects it.</summary>
public sealed class GatewayOptions
{
    /// <summary>
    /// The gateway's name, by which others know it across restarts. Letters, digits, <c>-</c> and <c>_</c>; unique among the
    /// gateways of a fabric.
    /// </summary>
    /// <value>The default is the machine's name and the process's number. At most 64 characters.</value>
    public string Name { get; set; } = GatewayOptionsValidator.DefaultName();

    /// <summary>How long a request may take if the call does not say.</summary>
    /// <value>The default is 10 s. At least 1 ms and at most 24 days, or <see cref="Timeout.InfiniteTimeSpan"/>.</value>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The largest request or response, in bytes.</summary>
    /// <value>The default is 8 MiB. From 1 KiB to 15 MiB: RabbitMQ 4 closes the channel over messages above 16 MiB.</value>
    public int MaxMessageBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>How many requests of this gateway may wait for their answers; a further one ends with <see cref="OverloadedException"/>. A client elsewhere that has 64, and half of what is left, is refused more.</summary>
    /// <value>The default is 131,072. From 1 to 4,194,304; each takes 16 bytes from the start.</value>
    public int MaxOutstandingRequests { get; set; } = 131_072;

    /// <summary>How many project messages may wait in each queue of message handlers; a further one is told to its sender as OVERLOADED.</summary>
    /// <value>The default is 10,000. From 1 to 1,000,000.</value>
    public int MaxQueuedProjectMessages { get; set; } = 10_000;

    /// <summary>How many bytes the project messages in each queue of message handlers may have; while they have as many, a further one is told to its sender as OVERLOADED.</summary>
    /// <value>The default is 64 MiB. From 64 KiB to 1 GiB.</value>
    public int MaxQueuedProjectBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>Which handler is preferred for the requests of this gateway's sessions.</summary>
    /// <value>The default is <see cref="RoutingPreference.MostSpecific"/>.</value>
    public RoutingPreference Routing { get; set; } = RoutingPreference.MostSpecific;

    /// <summary>
    /// How many bindings the gateway may have on the exchange of session filters. With few, filters reach gateways that have no session for
    /// them; the broker looks at every binding of every gateway for every filter request.
    /// </summary>
    /// <value>The default is 32. From 3 to 1,000.</value>
    public int HeaderBindings { get; set; } = 32;

    /// <summary>The time between two heartbeats to the other gateways. It grows by itself with the roster.</summary>
    /// <value>The default is 1 s. From 100 ms to 1 min.</value>
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The presence limit: requests that a gateway holds end within this time after its death, whatever their own timeout.
    /// Two fifths of it may pass in silence before the gateway is probed, and as much again before the answer. A gateway that has lost its connection has
    /// as long, and 5 s at most, to connect anew; what only it can answer waits for it.
    /// </summary>
    /// <value>The default is 2.5 s. From 500 ms to 5 min.</value>
    public TimeSpan PresenceLimit { get; set; } = TimeSpan.FromSeconds(2.5);

    /// <summary>How long the gateway may take to connect at its start.</summary>
    /// <value>The default is 30 s. More than 0, or <see cref="Timeout.InfiniteTimeSpan"/>.</value>
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a gateway that is stopped waits for the requests that its sessions have in hand, and for the messages in its projects' queues. Its handlers are withdrawn first.</summary>
    /// <value>The default is 0: it does not wait. At most one hour.</value>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.Zero;

    /// <summary>Whether the state of each session is published after each of its changes, for services that only listen.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool MirrorSessions { get; set; }

    /// <summary>Whether each project message that the gateway delivers is published too, for services that only listen.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool MirrorProjectMessages { get; set; }

    /// <summary>The clock.</summary>
    /// <value>The default is <see cref="TimeProvider.System"/>.</value>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;
}
