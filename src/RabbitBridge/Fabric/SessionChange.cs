namespace RabbitBridge.Fabric;

/// <summary>A change of the properties or roles of sessions, or their close, as it crosses the fabric.</summary>
/// <param name="Properties">New values by key; <see langword="null"/> removes.</param>
/// <param name="RemovedRoles">Roles to take away.</param>
/// <param name="AddedRoles">Roles to give.</param>
/// <param name="WantsPrevious">Whether each session answers with the values that it had before.</param>
internal sealed record SessionChange(
    IReadOnlyDictionary<string, string?> Properties, IReadOnlyList<string> RemovedRoles, IReadOnlyList<string> AddedRoles, bool WantsPrevious)
{
    /// <summary>Closes the sessions, whatever else is asked.</summary>
    public bool Closes { get; init; }
}
