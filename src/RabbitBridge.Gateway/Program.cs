using Microsoft.Extensions.Options;
using RabbitBridge.Gateway.Hosting;

try
{
    var builder = WebApplication.CreateBuilder(args);
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
catch (RabbitBridge.CommunicationFailureException exception)
{
    await Console.Error.WriteLineAsync($"The gateway cannot start: {exception.Message}").ConfigureAwait(false);
    return ExitCodes.NoBroker;
}
