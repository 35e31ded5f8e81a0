using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using RabbitBridge;

// What is shown of Program.cs needs none of this.
[assembly: HostingStartup(typeof(Visits))]

class Visits : IHostingStartup
{
    public void Configure(IWebHostBuilder builder) => builder.ConfigureServices(services => services.AddHostedService<Visitor>());
}

/// <summary>A client, which would be elsewhere; when it has its answer, the application ends.</summary>
class Visitor(IServer server, IHostApplicationLifetime application) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource();
        await using var registration = application.ApplicationStarted.Register(started.SetResult);
        await started.Task;
        var address = server.Features.Get<IServerAddressesFeature>()!.Addresses.First();
        await using (var session = await RabbitBridgeClient.ConnectAsync(new ClientOptions { Addresses = [new Uri($"{address}/bridge")] }, stoppingToken))
            Console.WriteLine(await session.Messages.SendRequestAsync<string, string>("greeting", "Ann", cancellationToken: stoppingToken));
        application.StopApplication();
    }
}
