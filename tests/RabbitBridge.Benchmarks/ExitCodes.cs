namespace RabbitBridge.Benchmarks;

internal static class ExitCodes
{
    public const int Done = 0;

    /// <summary>Only with <c>--gate</c>.</summary>
    public const int TargetMissed = 1;

    /// <summary>Nothing could be measured.</summary>
    public const int Failed = 2;
}
