using System.Diagnostics;

namespace RabbitBridge.Docker.Testing.Tests;

/// <summary>The gateway's image and the compose file with one broker, by docker/check.sh. Three brokers and three gateways are too much for a build machine of two cores: `docker/check.sh cluster` is run by hand.</summary>
[Trait("Category", "Container")]
public sealed class DockerCheckTests
{
    /// <summary>For a hang only: it builds an image while other tests keep both cores busy, which has taken more than seven minutes (50 s alone). Below the runner's own limit for a test without news, in `bridge`.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(15);

    [Fact]
    public async Task Requests_cross_the_gateways_of_the_compose_file()
    {
        var info = new ProcessStartInfo("bash", [Script(), "one", "dotnet", typeof(Crossing).Assembly.Location])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var check = Process.Start(info)!;
        var output = check.StandardOutput.ReadToEndAsync();
        var error = check.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            await check.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            check.Kill(entireProcessTree: true);
            Assert.Fail($"docker/check.sh took longer than {Limit.TotalMinutes} min:\n{await error}{await output}");
        }

        Assert.True(check.ExitCode == 0, $"docker/check.sh failed with code {check.ExitCode}:\n{await error}{await output}");
    }

    private static string Script()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "RabbitBridge.sln")))
                return Path.Combine(folder.FullName, "docker", "check.sh");
        }

        throw new InvalidOperationException($"There is no RabbitBridge.sln above {AppContext.BaseDirectory}.");
    }
}
