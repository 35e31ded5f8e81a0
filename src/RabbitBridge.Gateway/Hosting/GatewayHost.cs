using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using RabbitBridge.Settings;

namespace RabbitBridge.Gateway.Hosting;

/// <summary>A gateway process from its start to its end, also for programs that are a gateway among other things.</summary>
internal static class GatewayHost
{
    /// <summary>Runs until the process is told to end.</summary>
    /// <param name="args">The configuration that the command line gives.</param>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        var commandLine = CommandLineSettings.Read(args);
        var failure = new StartFailure();
        var (builder, files, problems) = Prepare(commandLine, failure);
        if (builder is null || problems.Count > 0)
            return await ComplainAsync(problems).ConfigureAwait(false);

        var app = builder.Build();
        await using (app.ConfigureAwait(false))
        {
            files!.LogTo(app.Logger);
            app.MapGateway();
            try
            {
                await app.StartAsync().ConfigureAwait(false);
            }
            // A file that was right a moment ago.
            catch (OptionsValidationException exception)
            {
                return await ComplainAsync(exception.Failures).ConfigureAwait(false);
            }
            catch (CommunicationFailureException exception)
            {
                await Console.Error.WriteLineAsync($"The gateway cannot start: {exception.Message}").ConfigureAwait(false);
                return ExitCodes.NoBroker;
            }
            catch (Exception exception) when (IsOfWebServer(exception))
            {
                return await ComplainAsync([CannotListen(builder.Configuration, exception)]).ConfigureAwait(false);
            }

            failure.Started();
            await app.WaitForShutdownAsync().ConfigureAwait(false);
            return ExitCodes.Stopped;
        }
    }

    private static (WebApplicationBuilder? Builder, SettingsFiles? Files, IReadOnlyList<string> Problems) Prepare(CommandLineSettings commandLine, StartFailure failure)
    {
        WebApplicationBuilder builder;
        SettingsFiles files;
        try
        {
            builder = WebApplication.CreateBuilder(commandLine.Arguments);
            files = SettingsFiles.Take(builder.Configuration);
        }
        // A file that is no JSON, or not to be read; a folder that is not there.
        catch (Exception exception) when (exception is InvalidDataException or IOException or UnauthorizedAccessException or FormatException or ArgumentException)
        {
            return (null, null, [.. commandLine.Problems, OneLine(exception)]);
        }

        try
        {
            builder.AddGateway();
        }
        catch (OptionsValidationException exception)
        {
            return (builder, files, [.. commandLine.Problems, .. exception.Failures]);
        }

        builder.Services.AddSingleton<LoggerFactory>();
        builder.Services.Replace(ServiceDescriptor.Singleton<ILoggerFactory>(provider => new StartLoggerFactory(provider.GetRequiredService<LoggerFactory>(), failure)));
        return (builder, files, commandLine.Problems);
    }

    // What the broker's side throws is an error of ours. The web server has no kind of its own for an address that it cannot read, or a certificate that is not there.
    private static bool IsOfWebServer(Exception exception) =>
        exception is IOException or SocketException || exception.Source?.StartsWith("Microsoft.AspNetCore.Server.Kestrel", StringComparison.Ordinal) == true;

    private static string CannotListen(ConfigurationManager configuration, Exception exception)
    {
        var key = configuration.GetSection("Kestrel:Endpoints").GetChildren().Any() ? "Kestrel:Endpoints"
            : $"{WebHostDefaults.ServerUrlsKey} {string.Join(", ", (configuration[WebHostDefaults.ServerUrlsKey] ?? "http://localhost:5000").Split(';').Select(ShownSetting.Address))}";
        return $"{key}: the gateway cannot listen: {OneLine(exception)} A free port of an address of this machine is allowed, and https with a certificate.";
    }

    // What happened, and the innermost cause where the message does not tell it already.
    private static string OneLine(Exception exception)
    {
        var cause = exception.GetBaseException().Message;
        var text = exception.Message.Contains(cause, StringComparison.OrdinalIgnoreCase) ? exception.Message : $"{exception.Message} {cause}";
        return text.ReplaceLineEndings(" ");
    }

    private static async Task<int> ComplainAsync(IEnumerable<string> problems)
    {
        foreach (var problem in problems)
            await Console.Error.WriteLineAsync($"The configuration is wrong: {problem.ReplaceLineEndings(" ")}").ConfigureAwait(false);
        return ExitCodes.WrongConfiguration;
    }
}
