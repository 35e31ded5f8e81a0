namespace RabbitBridge.Fabric;

internal static class HandOvers
{
    /// <summary>What is told to whoever sent a request for which there is no room; <see langword="null"/> if that was not the matter.</summary>
    public static string? Overload(this HandOver outcome) => outcome switch
    {
        HandOver.Full => "As many bytes wait at the gateway until the broker takes them as may (RabbitMq:MaxUnsentBytes).",
        HandOver.Blocked => "The broker takes no messages at the moment: it is low on memory or disk space, and has blocked the gateway's connection.",
        _ => null,
    };
}
