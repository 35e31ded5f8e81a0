namespace RabbitBridge.Benchmarks.Feats;

/// <summary>
/// Something that gateways are to do once, on a broker of their own that is stopped or blocked for it, and that is judged by targets. A
/// <see cref="Scenarios.Scenario"/> is repeated, and compared with something else.
/// </summary>
/// <param name="name">Its name on the command line; those of its figures begin with it.</param>
/// <param name="summary">What it is, for people.</param>
internal abstract class Feat(string name, string summary)
{
    public string Name => name;

    public string Summary => summary;

    public abstract Task<IReadOnlyList<Figure>> RunAsync(Stage stage, CancellationToken cancellationToken);
}
