namespace RabbitBridge;

/// <summary>Which values of a property clients may propose. Either <see cref="Values"/> or <see cref="Pattern"/> is set.</summary>
public sealed class TrustedPropertyOptions
{
    /// <summary>The values that are accepted; upper and lower case differ.</summary>
    /// <value>The default is none.</value>
    public IList<string> Values { get; } = [];

    /// <summary>A regular expression that the whole value matches; without backtracking, as in session filters.</summary>
    /// <value>The default is none.</value>
    public string? Pattern { get; set; }
}
