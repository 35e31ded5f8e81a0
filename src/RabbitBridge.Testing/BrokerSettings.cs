namespace RabbitBridge.Testing;

/// <summary>The options with the environment filled in.</summary>
internal sealed record BrokerSettings
{
    public const string KindVariable = "RABBITBRIDGE_BROKER";
    public const string UriVariable = "RABBITBRIDGE_AMQP_URI";
    public const string ImageVariable = "RABBITBRIDGE_BROKER_IMAGE";
    public const string DenyDeprecatedVariable = "RABBITBRIDGE_BROKER_DENY_DEPRECATED";
    public const string DefaultImage = "rabbitmq:4-management";

    /// <summary>Null means the first kind that works.</summary>
    public required TestBrokerKind? Kind { get; init; }

    public required Uri? ExternalUri { get; init; }

    public required string Image { get; init; }

    public required bool DenyDeprecatedFeatures { get; init; }

    public required bool MayInstall { get; init; }

    public required IReadOnlyList<string> NodeConfiguration { get; init; }

    public required IReadOnlyList<string> NodePlugins { get; init; }

    public required TimeSpan StartTimeout { get; init; }

    public required Action<string> Report { get; init; }

    public static BrokerSettings Resolve(TestBrokerOptions options)
    {
        var settings = Read(options);
        if (NeedsNode(options) && settings.Kind != TestBrokerKind.PrivateNode)
            throw new TestBrokerException(
                $"{nameof(options.NodeConfiguration)} and {nameof(options.NodePlugins)} are for a private node, and {settings.Kind} was chosen; "
                + $"set {nameof(options.Kind)} to {TestBrokerKind.PrivateNode}, or {KindVariable}=node.");
        if (options.NodePlugins.FirstOrDefault(name => name.Length == 0 || !name.All(each => each is '_' or (>= 'a' and <= 'z') or (>= '0' and <= '9'))) is { } wrong)
            throw new TestBrokerException($"{nameof(options.NodePlugins)}: '{wrong}' is no plugin's name; lower-case letters, digits and '_' are allowed.");
        return settings;
    }

    private static bool NeedsNode(TestBrokerOptions options) => options.NodeConfiguration.Count > 0 || options.NodePlugins.Count > 0;

    private static BrokerSettings Read(TestBrokerOptions options) => new()
    {
        Kind = options.Kind ?? ParseKind(Read(KindVariable)) ?? (NeedsNode(options) ? TestBrokerKind.PrivateNode : null),
        ExternalUri = options.ExternalUri ?? ParseUri(Read(UriVariable)),
        Image = options.Image ?? Read(ImageVariable) ?? DefaultImage,
        DenyDeprecatedFeatures = options.DenyDeprecatedFeatures ?? Read(DenyDeprecatedVariable) == "1",
        MayInstall = options.MayInstall,
        NodeConfiguration = options.NodeConfiguration,
        NodePlugins = options.NodePlugins,
        StartTimeout = options.StartTimeout,
        Report = options.Progress ?? (static _ => { }),
    };

    private static string? Read(string name) =>
        Environment.GetEnvironmentVariable(name) is { } value && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;

    private static TestBrokerKind? ParseKind(string? value) => value?.ToUpperInvariant() switch
    {
        null or "AUTO" => null,
        "EXTERNAL" => TestBrokerKind.External,
        "CONTAINER" => TestBrokerKind.Container,
        "NODE" => TestBrokerKind.PrivateNode,
        _ => throw new TestBrokerException($"{KindVariable} is '{value}'; set it to external, container, node or auto."),
    };

    private static Uri? ParseUri(string? value) => value switch
    {
        null => null,
        _ when Uri.TryCreate(value, UriKind.Absolute, out var uri) && uri.Scheme is "amqp" or "amqps" => uri,
        _ => throw new TestBrokerException($"{UriVariable} is not an amqp:// or amqps:// address."),
    };
}
