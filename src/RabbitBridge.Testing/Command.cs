using System.ComponentModel;
using System.Diagnostics;

namespace RabbitBridge.Testing;

/// <summary>Runs a program to its end.</summary>
internal static class Command
{
    /// <summary>Answers with standard output.</summary>
    /// <exception cref="TestBrokerException">The program is missing, fails, or takes longer than the limit (it is then killed).
    /// </exception>
    public static async Task<string> RunAsync(
        string program,
        IReadOnlyList<string> args,
        TimeSpan limit,
        CancellationToken ct,
        IReadOnlyDictionary<string, string>? environment = null)
    {
        var info = new ProcessStartInfo(program, args)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (environment is not null)
        {
            info.Environment.Clear();
            foreach (var (name, value) in environment)
                info.Environment[name] = value;
        }

        var shown = $"{Path.GetFileName(program)} {string.Join(' ', args)}";
        using var process = Start(info, shown);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ct);
        both.CancelAfter(limit);
        try
        {
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(both.Token);
            var error = process.StandardError.ReadToEndAsync(both.Token);
            await Task.WhenAll(output, error, process.WaitForExitAsync(both.Token)).ConfigureAwait(false);
            var text = await output.ConfigureAwait(false);
            return process.ExitCode == 0
                ? text
                : throw new TestBrokerException($"'{shown}' failed with code {process.ExitCode}:\n{text}{await error.ConfigureAwait(false)}");
        }
        catch (OperationCanceledException e)
        {
            process.Kill(entireProcessTree: true);
            ct.ThrowIfCancellationRequested();
            throw new TestBrokerException($"'{shown}' took longer than {limit.TotalSeconds:0} s.", e);
        }
    }

    private static Process Start(ProcessStartInfo info, string shown)
    {
        try
        {
            return Process.Start(info) ?? throw new TestBrokerException($"'{shown}' could not be started.");
        }
        catch (Win32Exception e)
        {
            throw new TestBrokerException($"'{shown}' could not be started: {e.Message}", e);
        }
    }
}
