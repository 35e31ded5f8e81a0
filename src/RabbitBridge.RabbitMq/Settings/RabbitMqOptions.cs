namespace RabbitBridge;

/// <summary>Settings of a gateway's connection to RabbitMQ.</summary>
public sealed class RabbitMqOptions
{
    /// <summary>The broker, as <c>amqp://user:password@host:port/vhost</c>; <c>amqps</c> for TLS.</summary>
    /// <value>The default is <c>amqp://localhost:5672/</c>. An address without a user, where <see cref="UserName"/> is not set either, stands for <c>guest</c> with the password <c>guest</c>, whom a broker lets in from its own machine only.</value>
    public Uri Uri { get; set; } = new("amqp://localhost:5672/");

    /// <summary>
    /// The other nodes of the broker's cluster, each as <c>host</c> or <c>host:port</c>; with everything else as in <see cref="Uri"/>, which has the
    /// first node. When one cannot be reached, or is lost, the next is tried, in this order and around.
    /// </summary>
    /// <value>The default is empty. Where the port is missing it is that of <see cref="Uri"/>.</value>
    public IList<string> Hosts { get; } = [];

    /// <summary>The broker's user, if <see cref="Uri"/> names none.</summary>
    /// <value>The default is <see langword="null"/>. It excludes <see cref="UserNameFile"/>.</value>
    public string? UserName { get; set; }

    /// <summary>A file with the broker's user in it, and nothing else but a line break.</summary>
    /// <value>The default is <see langword="null"/>. It is read when the gateway starts.</value>
    public string? UserNameFile { get; set; }

    /// <summary>The user's password, if <see cref="Uri"/> has none. It is never told in a message or log.</summary>
    /// <value>The default is <see langword="null"/>. It excludes <see cref="PasswordFile"/>.</value>
    public string? Password { get; set; }

    /// <summary>A file with the user's password in it, and nothing else but a line break, as Docker and Kubernetes give secrets.</summary>
    /// <value>The default is <see langword="null"/>. It is read each time the gateway connects, so the password may change.</value>
    public string? PasswordFile { get; set; }

    /// <summary>
    /// The broker's management API, as <c>http://host:15672</c> or <c>https</c>, perhaps with a user of its own. The gateway asks it every 10 s for queues that services
    /// have bound by themselves, so that sessions reach them as plain callers do; AMQP does not tell. The user needs the tag <c>management</c>.
    /// </summary>
    /// <value>The default is <see langword="null"/>: sessions reach such a queue only where no handler or service of a gateway is on a less specific branch.</value>
    public Uri? Management { get; set; }

    /// <summary>How TLS is done, if <see cref="Uri"/> is an <c>amqps</c> address.</summary>
    /// <value>The default is that the broker's certificate is checked against the system's authorities, and that the gateway shows none.</value>
    public RabbitMqTlsOptions Tls { get; } = new();

    /// <summary>
    /// What every name of this bridge at the broker starts with. Gateways with the same prefix on the same virtual host belong
    /// together. The digit at its end is the version of the wire contract.
    /// </summary>
    /// <value>The default is <c>rb1</c>. 1 to 32 letters, digits, <c>-</c> and <c>_</c>.</value>
    public string Prefix { get; set; } = "rb1";

    /// <summary>The kind of queue on which handlers' requests wait.</summary>
    /// <value>The default is <see cref="HandlerQueueType.Classic"/>. All gateways with one prefix must agree.</value>
    public HandlerQueueType HandlerQueueType { get; set; } = HandlerQueueType.Classic;

    /// <summary>How many requests may wait in a handler queue; the broker refuses further ones.</summary>
    /// <value>The default is 10,000. At least 1. All gateways with one prefix must agree.</value>
    public int HandlerQueueMaxLength { get; set; } = 10_000;

    /// <summary>How many unanswered requests of a handler queue a gateway takes at a time.</summary>
    /// <value>The default is 256. From 1 to 65,535.</value>
    public ushort HandlerPrefetch { get; set; } = 256;

    /// <summary>How many bytes may wait in the gateway's inbox; the broker refuses further messages.</summary>
    /// <value>The default is 256 MiB. At least 1 MiB.</value>
    public long InboxMaxBytes { get; set; } = 256L * 1024 * 1024;

    /// <summary>
    /// How many bytes of requests and answers a gateway may hold until the broker has taken them; what would exceed that ends with OVERLOADED at
    /// once. Half of it may be for one other gateway. A value larger than all of it may go alone.
    /// </summary>
    /// <value>The default is 32 MiB. At least 1 MiB.</value>
    public long MaxUnsentBytes { get; set; } = 32 * 1024 * 1024;

    /// <summary>
    /// How many frames to one gateway may await the broker's confirm; what comes meanwhile is gathered in the next one. A
    /// smaller number makes larger frames under load. An idle system sends at once in any case.
    /// </summary>
    /// <value>The default is 2. From 1 to 1,000.</value>
    public int FramesInFlight { get; set; } = 2;

    /// <summary>The AMQP heartbeat. A connection on which nothing comes for two of them is given up.</summary>
    /// <value>The default is 10 s. From 1 s to 1 min.</value>
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long an operation at the broker, a publish included, may take before the connections are replaced.</summary>
    /// <value>The default is 10 s. From 1 s to 1 min.</value>
    public TimeSpan OperationTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The longest pause between two attempts to connect. The first attempts follow each other more quickly.</summary>
    /// <value>The default is 2 s. From 50 ms to 1 min.</value>
    public TimeSpan MaxReconnectDelay { get; set; } = TimeSpan.FromSeconds(2);
}
