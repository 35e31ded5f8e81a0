using System.Diagnostics;
using System.Text;

namespace RabbitBridge.Cli.Workers;

/// <summary>How to start this program again, as a child with pipes.</summary>
internal static class OwnProgram
{
    public static ProcessStartInfo StartInfo(params IReadOnlyList<string> arguments)
    {
        var encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        // Through the host and not through the path of the present process, which in tests is the test host.
        var info = new ProcessStartInfo(Host(), ["exec", typeof(OwnProgram).Assembly.Location, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = encoding,
            StandardOutputEncoding = encoding,
            StandardErrorEncoding = encoding,
        };
        // A killed process could not remove the runtime's diagnostic socket from the temporary folder.
        info.Environment.TryAdd("DOTNET_EnableDiagnostics", "0");
        return info;
    }

    /// <summary>The program that runs dlls: that of the present process.</summary>
    // The runtime lies in HOST/shared/Microsoft.NETCore.App/VERSION.
    public static string Host()
    {
        var host = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "..", "..", "..", "dotnet"));
        return File.Exists(host) ? host : "dotnet";
    }
}
