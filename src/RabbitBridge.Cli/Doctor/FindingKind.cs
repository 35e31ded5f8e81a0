namespace RabbitBridge.Cli.Doctor;

/// <summary>How a check came out.</summary>
internal enum FindingKind
{
    Ok,

    /// <summary>Works, but not as well as it could.</summary>
    Warning,

    Problem,

    /// <summary>Cannot be told, or was not tried because something before it failed.</summary>
    Unknown,
}
