namespace RabbitBridge.Testing.PrivateNodes;

/// <summary>Installs rabbitmq-server with apt-get: Debian and Ubuntu, as root.</summary>
internal static class DebianInstaller
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    public static bool IsPossible() =>
        OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess && File.Exists("/usr/bin/apt-get") && IsDebianLike();

    public static async Task InstallAsync(Action<string> report, CancellationToken ct)
    {
        report("Installing rabbitmq-server with apt-get (once, about a minute)…");
        var environment = Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
            .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "", StringComparer.Ordinal);
        environment["DEBIAN_FRONTEND"] = "noninteractive";
        // invoke-rc.d starts no service in runlevel 1: the package would start a node of its own on the default port.
        environment["RUNLEVEL"] = "1";
        await Command.RunAsync("/usr/bin/apt-get", ["update"], Limit, ct, environment).ConfigureAwait(false);
        await Command.RunAsync(
            "/usr/bin/apt-get", ["install", "-y", "--no-install-recommends", "rabbitmq-server"], Limit, ct, environment).ConfigureAwait(false);
    }

    private static bool IsDebianLike() =>
        File.Exists("/etc/os-release")
        && File.ReadLines("/etc/os-release").Any(line =>
            (line.StartsWith("ID=", StringComparison.Ordinal) || line.StartsWith("ID_LIKE=", StringComparison.Ordinal))
            && (line.Contains("debian", StringComparison.Ordinal) || line.Contains("ubuntu", StringComparison.Ordinal)));
}
