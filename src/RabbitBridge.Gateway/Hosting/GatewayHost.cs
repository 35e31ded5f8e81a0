using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Options;

namespace RabbitBridge.Gateway.Hosting;

/// <summary>A gateway process from its start to its end, also for programs that are a gateway among other things.</summary>
internal static class GatewayHost
{
    /// <summary>Runs until the process is told to end.</summary>
    /// <param name="args">The configuration that the command line gives.</param>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            var builder = WebApplication.CreateBuilder(args);
            // Otherwise what the program brings along counts only where it is started in its own folder.
            builder.Configuration.Sources.Insert(0, new JsonConfigurationSource
            {
                FileProvider = new PhysicalFileProvider(AppContext.BaseDirectory),
                Path = "appsettings.json",
                Optional = true,
            });
            builder.AddGateway();
            var app = builder.Build();
            app.MapGateway();
            await app.RunAsync().ConfigureAwait(false);
            return ExitCodes.Stopped;
        }
        catch (OptionsValidationException exception)
        {
            foreach (var failure in exception.Failures)
                await Console.Error.WriteLineAsync($"The configuration is wrong: {failure}").ConfigureAwait(false);
            return ExitCodes.WrongConfiguration;
        }
        catch (ConfigurationException exception)
        {
            await Console.Error.WriteLineAsync($"The configuration is wrong: {exception.Message}").ConfigureAwait(false);
            return ExitCodes.WrongConfiguration;
        }
        catch (CommunicationFailureException exception)
        {
            await Console.Error.WriteLineAsync($"The gateway cannot start: {exception.Message}").ConfigureAwait(false);
            return ExitCodes.NoBroker;
        }
    }
}
