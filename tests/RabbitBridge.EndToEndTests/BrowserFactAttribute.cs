using System.ComponentModel;
using System.Diagnostics;
using RabbitBridge.Cli.Demo.Remote;
using RabbitBridge.IntegrationTests;

namespace RabbitBridge.EndToEndTests;

/// <summary>A test that needs Chromium, which is installed if it is missing and that is possible, and looks at a broker of its own.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BrowserFactAttribute : FactAttribute
{
    private static readonly TimeSpan InstallLimit = TimeSpan.FromMinutes(5);
    private static readonly Lazy<string?> Missing = new(FindMissing);

    public BrowserFactAttribute() => Skip = OwnBrokerFactAttribute.WhyNot ?? Missing.Value;

    private static string? FindMissing()
    {
        if (BrowserHost.Find() is not null)
            return null;
        if (Environment.UserName != "root" || Programs.Find("apt-get") is not { } apt)
            return "Chromium is not on the PATH, and can be installed by this test only on Debian and Ubuntu as root.";
        var output = Run(apt, "install", "-y", "chromium");
        return BrowserHost.Find() is null ? $"Chromium is not on the PATH, and apt-get install -y chromium fails: {output}" : null;
    }

    private static string Run(string program, params IReadOnlyList<string> arguments)
    {
        var info = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        info.Environment["DEBIAN_FRONTEND"] = "noninteractive";
        try
        {
            using var process = Process.Start(info)!;
            _ = process.StandardOutput.ReadToEndAsync();
            var errors = process.StandardError.ReadToEndAsync();
            if (process.WaitForExit(InstallLimit))
                return errors.GetAwaiter().GetResult();
            process.Kill(entireProcessTree: true);
            return $"not done in {InstallLimit.TotalMinutes} minutes";
        }
        catch (Win32Exception exception)
        {
            return exception.Message;
        }
    }
}
