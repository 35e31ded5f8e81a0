namespace RabbitBridge;

/// <summary>Sessions without a principal.</summary>
public sealed class AnonymousSessionOptions
{
    /// <summary>Whether clients may open sessions without a principal.</summary>
    /// <value>
    /// The default, <see langword="null"/>, allows it as long as there are no roles, no principals and no keys for tokens:
    /// whoever configures security must say so to let strangers in.
    /// </value>
    public bool? Allowed { get; set; }

    /// <summary>Their roles.</summary>
    /// <value>The default is none.</value>
    public IList<string> Roles { get; } = [];
}
