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
            return await ComplainAsync([exception]).ConfigureAwait(false);
        }
        catch (AggregateException exception) when (exception.InnerExceptions.All(static inner => inner is OptionsValidationException))
        {
            return await ComplainAsync(exception.InnerExceptions.Cast<OptionsValidationException>()).ConfigureAwait(false);
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

    private static async Task<int> ComplainAsync(IEnumerable<OptionsValidationException> exceptions)
    {
        foreach (var exception in exceptions)
        {
            // These validators belong to libraries, which know nothing of sections.
            var section = exception.OptionsType == typeof(GatewayOptions) ? "Gateway:" : exception.OptionsType == typeof(RabbitMqOptions) ? "RabbitMq:" : "";
            foreach (var failure in exception.Failures)
                await Console.Error.WriteLineAsync($"The configuration is wrong: {section}{failure}").ConfigureAwait(false);
        }

        return ExitCodes.WrongConfiguration;
    }
}
