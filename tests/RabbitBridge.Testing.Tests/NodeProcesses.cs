using System.Text;

namespace RabbitBridge.Testing.Tests;

/// <summary>What runs on this machine, read from /proc.</summary>
internal static class NodeProcesses
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>The live processes whose environment says that they belong to the node on this port; each with its HOME, which
    /// is the node's folder.</summary>
    public static IReadOnlyList<(int Pid, string Folder)> OfNodeOn(int port)
    {
        var found = new List<(int, string)>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), out var pid) && Environ(folder) is { } environment
                && environment.Contains($"RABBITMQ_NODE_PORT={port}"))
                found.Add((pid, environment.First(variable => variable.StartsWith("HOME=", StringComparison.Ordinal))[5..]));
        }

        return found;
    }

    public static async Task UntilAsync(Func<bool> condition, string what)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!condition())
        {
            Assert.False(limit.IsCancellationRequested, $"Still not so after {Limit.TotalSeconds} s: {what}");
            await Task.Delay(20);
        }
    }

    private static string[]? Environ(string folder)
    {
        try
        {
            // Empty for a zombie, which is as good as gone.
            return Encoding.UTF8.GetString(File.ReadAllBytes(Path.Combine(folder, "environ"))).Split('\0');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
