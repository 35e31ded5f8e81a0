using System.ComponentModel;
using System.Runtime.InteropServices;

namespace RabbitBridge.EndToEndTests;

/// <summary>Signals to a process, by its number.</summary>
internal static class Signals
{
    private const int Interrupt = 2;
    private const int Terminate = 15;
    private const int Continue = 18;
    private const int Stop = 19;

    /// <summary>As Ctrl-C does.</summary>
    public static void SendInterrupt(int process) => Send(process, Interrupt);

    /// <summary>As an orchestrator stops it.</summary>
    public static void SendTerminate(int process) => Send(process, Terminate);

    /// <summary>Freezes it, as a paused virtual machine would.</summary>
    public static void SendStop(int process) => Send(process, Stop);

    public static void SendContinue(int process) => Send(process, Continue);

    private static void Send(int process, int signal)
    {
        if (Kill(process, signal) != 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);
}
