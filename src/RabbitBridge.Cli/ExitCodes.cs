namespace RabbitBridge.Cli;

/// <summary>What the command ends with; docs/cli.md and <c>--help</c> tell them to people.</summary>
internal static class ExitCodes
{
    public const int Done = 0;

    /// <summary>The operation was tried and failed.</summary>
    public const int Failed = 1;

    public const int WrongUsage = 2;

    /// <summary>No gateway, or no broker, could be reached.</summary>
    public const int Unreachable = 3;

    public const int AccessDenied = 4;

    /// <summary>The doctor found problems.</summary>
    public const int ProblemsFound = 5;

    /// <summary>What it prints cannot be written: whoever read it is gone, or the disk is full.</summary>
    public const int OutputLost = 6;

    /// <summary>Ctrl-C, before it was done.</summary>
    public const int Interrupted = 130;

    public const string Help = """
          Exit codes: 0 done; 1 the operation failed; 2 wrong usage; 3 no gateway or no broker can be reached; 4 access denied;
          5 the doctor found problems; 6 the output cannot be written; 130 interrupted.
        """;

    public static int For(ErrorReason reason) => reason switch
    {
        ErrorReason.AccessDenied => AccessDenied,
        ErrorReason.InvalidPath or ErrorReason.InvalidFilter => WrongUsage,
        _ => Failed,
    };
}
