// #region gateway
// dotnet add package RabbitBridge.AspNetCore and RabbitBridge.RabbitMq
using RabbitBridge;

var builder = WebApplication.CreateBuilder();
builder.Services.AddRabbitBridge(options => options.Name = "berlin")
    .UseRabbitMq(options => options.Uri = new Uri(args.FirstOrDefault() ?? "amqp://guest:guest@localhost:5672/"))
    .AddRemoteSessions(options => options.AllowedOrigins.Add("https://app.example.com"))
    .AddHandler("greeting", (string name, CancellationToken cancelled) => ValueTask.FromResult($"Hello {name}"));
builder.Services.AddRabbitBridgeSecurity(builder.Configuration.GetSection("Security"));
builder.Services.AddHealthChecks().AddRabbitBridge();

var app = builder.Build();
app.MapGet("/", () => "An application, and a gateway in it.");
app.MapHealthChecks("/readyz");
app.MapRabbitBridge("/bridge");
// #endregion

app.Lifetime.ApplicationStarted.Register(() => _ = VisitAsync(app));
await app.RunAsync();

// A client, which would be elsewhere.
static async Task VisitAsync(WebApplication app)
{
    await using (var session = await RabbitBridgeClient.ConnectAsync(new ClientOptions { Addresses = [new Uri($"{app.Urls.First()}/bridge")] }))
        Console.WriteLine(await session.Messages.SendRequestAsync<string, string>("greeting", "Ann"));
    await app.StopAsync();
}
