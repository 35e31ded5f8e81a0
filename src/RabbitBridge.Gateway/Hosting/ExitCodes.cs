namespace RabbitBridge.Gateway.Hosting;

/// <summary>What the process ends with.</summary>
internal static class ExitCodes
{
    public const int Stopped = 0;
    public const int WrongConfiguration = 2;
    public const int NoBroker = 3;
}
