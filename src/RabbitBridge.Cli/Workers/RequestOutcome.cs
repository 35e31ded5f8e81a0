namespace RabbitBridge.Cli.Workers;

/// <summary>How a request ended: with a response or with an error.</summary>
/// <param name="Response">The response.</param>
/// <param name="Error">The error's reason.</param>
/// <param name="Message">The error's text.</param>
/// <param name="Microseconds">From the call to its end, measured in the process that sent it.</param>
internal sealed record RequestOutcome(string? Response, ErrorReason? Error, string? Message, double Microseconds)
{
    /// <summary>For people: the response, or the error's name as the originals spell it.</summary>
    public override string ToString() => Error is { } reason ? ErrorNames.Of(reason) : Response ?? "";
}
