namespace RabbitBridge.Testing;

/// <summary>How <see cref="TestBroker.StartAsync"/> finds or starts a broker. Everything that is not set here is read from
/// the environment, so a plain <c>new()</c> suits tests.</summary>
public sealed class TestBrokerOptions
{
    /// <summary>The kind to use and no other. Default: null, which means the one that <c>RABBITBRIDGE_BROKER</c> names
    /// (<c>external</c>, <c>container</c>, <c>node</c> or <c>auto</c>), and for <c>auto</c> or nothing the first that
    /// works.</summary>
    public TestBrokerKind? Kind { get; set; }

    /// <summary>The address of an external broker. Default: null, which means <c>RABBITBRIDGE_AMQP_URI</c>.</summary>
    public Uri? ExternalUri { get; set; }

    /// <summary>The image of a container. Default: null, which means <c>RABBITBRIDGE_BROKER_IMAGE</c>, and without that
    /// <c>rabbitmq:4-management</c>.</summary>
    public string? Image { get; set; }

    /// <summary>Whether a container denies every deprecated feature (RabbitMQ 4 only). Default: null, which means true if
    /// <c>RABBITBRIDGE_BROKER_DENY_DEPRECATED</c> is <c>1</c>.</summary>
    public bool? DenyDeprecatedFeatures { get; set; }

    /// <summary>Whether a missing <c>rabbitmq-server</c> may be installed with apt-get; happens on Debian and Ubuntu as root
    /// only. Default: true.</summary>
    public bool MayInstall { get; set; } = true;

    /// <summary>Lines that are added to a private node's <c>rabbitmq.conf</c>, for example a listener for TLS. Default: none. With
    /// lines here or plugins in <see cref="NodePlugins"/> nothing but a private node will do.</summary>
    public IReadOnlyList<string> NodeConfiguration { get; set; } = [];

    /// <summary>The plugins that a private node starts with, for example <c>rabbitmq_auth_mechanism_ssl</c>; lower-case letters,
    /// digits and underscores. Default: none.</summary>
    public IReadOnlyList<string> NodePlugins { get; set; } = [];

    /// <summary>Time for the broker to accept AMQP connections, from the start of its process. Default: 2 minutes.</summary>
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Called with a sentence at each step, for a person who waits. Default: null, nobody is told. What it throws
    /// ends the start.</summary>
    public Action<string>? Progress { get; set; }
}
