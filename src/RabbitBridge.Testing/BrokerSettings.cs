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

    public required TimeSpan StartTimeout { get; init; }

    public required Action<string> Report { get; init; }

    public static BrokerSettings Resolve(TestBrokerOptions options) => new()
    {
        Kind = options.Kind ?? ParseKind(Read(KindVariable)),
        ExternalUri = options.ExternalUri ?? ParseUri(Read(UriVariable)),
        Image = options.Image ?? Read(ImageVariable) ?? DefaultImage,
        DenyDeprecatedFeatures = options.DenyDeprecatedFeatures ?? Read(DenyDeprecatedVariable) == "1",
        MayInstall = options.MayInstall,
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
