using System.Text.RegularExpressions;

namespace RabbitBridge.Cli.Doctor;

/// <summary>What is known of the versions of RabbitMQ.</summary>
internal static partial class BrokerVersion
{
    private const string Check = "version";
    private static readonly Version Oldest = new(3, 10);

    /// <param name="product">The server's own name.</param>
    /// <param name="version">Its version, as it tells it.</param>
    public static Finding Judge(string product, string version)
    {
        var name = $"{product} {version}";
        if (product != "RabbitMQ")
            return Finding.Warning(Check, $"{name} is not RabbitMQ.", "RabbitBridge is tested with RabbitMQ 3.10 and 4.x only; use one of these.");
        if (Numbers().Match(version) is not { Success: true } match || !Version.TryParse(match.Value, out var number))
            return Finding.Unknown(Check, $"'{version}' is no version that the doctor can read.", "See that it is RabbitMQ 3.10 or newer, or 4.x.");
        if (number < Oldest)
            return Finding.Problem(Check, $"{name} is too old.", "Upgrade to RabbitMQ 4.x; 3.10 is the oldest that works.");
        if (number.Major > 4)
            return Finding.Warning(Check, $"{name} is newer than this RabbitBridge.", "It may work; 3.10 and 4.x are tested.");
        return KnownDefect(number) is var (defect, since)
            ? Finding.Warning(Check, $"{name}: {defect}", $"Upgrade to {since} or newer.")
            : Finding.Ok(Check, name);
    }

    private static (string Defect, string Since)? KnownDefect(Version number) => number switch
    {
        { Major: 3, Minor: < 13 } => null,
        { Major: 4, Minor: 3, Build: < 6 } => ("it has security defects (15 CVEs) that 4.3.6 mends.", "4.3.6"),
        { Major: 4, Minor: 2, Build: < 3 } => ("with Khepri, removing handlers is slow and leaves rubbish in the topic index.", "4.2.3"),
        { Major: 4, Minor: 1, Build: < 8 } => ("with Khepri, removing handlers is slow, and a partition can delete a gateway's inbox (it then gets a new one).", "4.1.8"),
        { Major: 4, Minor: 0 } => ("with Khepri, removing handlers is slow, and a partition can delete a gateway's inbox (it then gets a new one).", "4.1.8"),
        _ => null,
    };

    [GeneratedRegex("^[0-9]+\\.[0-9]+(\\.[0-9]+)?")]
    private static partial Regex Numbers();
}
