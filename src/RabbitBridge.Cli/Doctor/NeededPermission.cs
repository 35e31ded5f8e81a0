namespace RabbitBridge.Cli.Doctor;

/// <summary>A permission that an operation at the broker needs.</summary>
/// <param name="Permission"><c>configure</c>, <c>write</c> or <c>read</c>.</param>
/// <param name="Kind"><c>exchange</c> or <c>queue</c>.</param>
/// <param name="Name">On what.</param>
internal sealed record NeededPermission(string Permission, string Kind, string Name)
{
    public override string ToString() => $"{Permission} on {Kind} '{Name}'";
}
