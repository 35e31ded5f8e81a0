namespace RabbitBridge;

/// <summary>A gateway's sessions of clients elsewhere. In the gateway program the configuration section <c>Remote</c>, whose keys errors name.</summary>
public sealed class RemoteOptions
{
    /// <summary>The name of the policy for CORS that is made of <see cref="AllowedOrigins"/>, for <c>MapRabbitBridge().RequireCors</c>.</summary>
    public const string CorsPolicy = "RabbitBridge";

    /// <summary>How long a session outlives its connection. Requests to it wait meanwhile.</summary>
    /// <value>The default is 30 s. From 0 to one hour.</value>
    public TimeSpan GracePeriod { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long the gateway may be without its broker before it sends its clients to other gateways. Those that know no other one, or find none that
    /// has a broker, keep their sessions.
    /// </summary>
    /// <value>The default is 3 s. From 0 to one hour.</value>
    public TimeSpan BrokerGrace { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How long a connection may take to open or resume a session.</summary>
    /// <value>The default is 10 s. From 100 ms to 5 minutes.</value>
    public TimeSpan OpenTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Between two signs of life on an idle connection.</summary>
    /// <value>The default is 10 s. From 1 s to 15 s: clients take a connection for lost on which nothing has come for 30 s.</value>
    public TimeSpan KeepAlive { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a client may be silent before its connection is given up.</summary>
    /// <value>The default is 30 s. At least twice <see cref="KeepAlive"/>.</value>
    public TimeSpan ClientTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a client whose session is over, or was refused, has to hear why and leave; then its connection is ended.</summary>
    /// <value>The default is 1 s. From 0 to one minute.</value>
    public TimeSpan Farewell { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// What may wait for a client that takes it up slowly, or not at all, in bytes. Requests for a client for which more waits, and answers to it, end with OVERLOADED;
    /// what comes first passes whatever its size. With twice as much and a largest message on top, which only session events and small answers reach, the
    /// session is closed with MESSAGE_QUEUE_LIMIT_REACHED.
    /// </summary>
    /// <value>The default is 16 MiB. From 64 KiB to 1 GiB.</value>
    public int MaxQueueBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>How long a connected client for which <see cref="MaxQueueBytes"/> wait (97 KiB, while <see cref="MaxTotalBytes"/> leaves no room for more) may take nothing of them, while more is to be sent, before its session is closed with MESSAGE_QUEUE_LIMIT_REACHED.</summary>
    /// <value>The default is 15 s. From 100 ms to one hour.</value>
    public TimeSpan StallTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How many requests of one client, and messages to projects that have no receipts yet, may wait for their answers; one more ends with OVERLOADED. It also does for a client that
    /// has 64, and half of what is left of <see cref="GatewayOptions.MaxOutstandingRequests"/>.
    /// </summary>
    /// <value>The default is 4,096. At least 1.</value>
    public int MaxRequests { get; set; } = 4096;

    /// <summary>How many bytes the unanswered requests of one client may have, with their paths and filters; while they have as many, one more ends with OVERLOADED.</summary>
    /// <value>The default is 64 MiB. From 64 KiB to 1 GiB.</value>
    public int MaxRequestBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>
    /// How many bytes all clients together may cost: what waits for them, answers that are held for them, and their unanswered requests. A client that has more than half of
    /// what is left, and more than 128 KiB, is refused more with OVERLOADED, as is what is larger than half of what is left and than 4 KiB; so one client alone may have a third.
    /// </summary>
    /// <value>The default is <see langword="null"/>: a quarter of the memory that the process may use. From 1 MiB; never less than four messages of the largest size.</value>
    public long? MaxTotalBytes { get; set; }

    /// <summary>How many handlers of requests and of messages one client may have; one more is refused with OVERLOADED.</summary>
    /// <value>The default is 10,000. At least 1.</value>
    public int MaxHandlers { get; set; } = 10_000;

    /// <summary>How many session listeners one client may have, each of which looks at every session event of the fabric; one more is refused with OVERLOADED.</summary>
    /// <value>The default is 100. At least 1.</value>
    public int MaxListeners { get; set; } = 100;

    /// <summary>How many remote sessions the gateway takes; one more is refused with OVERLOADED.</summary>
    /// <value>The default is 100,000. At least 1.</value>
    public int MaxSessions { get; set; } = 100_000;

    /// <summary>The origins of web pages that may connect, such as <c>https://app.example.com</c>; <c>*</c> for all.</summary>
    /// <value>The default is none but the gateway's own.</value>
    public IList<string> AllowedOrigins { get; } = [];
}
