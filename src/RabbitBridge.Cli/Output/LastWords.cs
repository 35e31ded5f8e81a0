namespace RabbitBridge.Cli.Output;

/// <summary>The end of a command that cannot go on.</summary>
internal static class LastWords
{
    /// <summary>Says why on standard error.</summary>
    /// <returns>The exit code.</returns>
    public static int Tell(string why, int exitCode)
    {
        try
        {
            Console.Error.WriteLine(why);
        }
        catch (OutputLostException)
        {
            // Standard error is what is lost: the exit code is all that is left to tell by.
        }

        return exitCode;
    }
}
