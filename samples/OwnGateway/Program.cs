// #region gateway
// dotnet add package RabbitBridge.AspNetCore
// dotnet add package RabbitBridge.RabbitMq
using RabbitBridge;

var builder = WebApplication.CreateBuilder(args);
// Time for clients to go to another gateway when this one stops.
builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(60));
builder.Services.AddRabbitBridge(options => (options.Name, options.DrainTimeout) = ("berlin", TimeSpan.FromSeconds(10)))
    .UseRabbitMq(options => options.Uri = new Uri(args.FirstOrDefault() ?? "amqp://guest:guest@localhost:5672/"))
    .AddRemoteSessions(options => options.AllowedOrigins.Add("https://app.example.com"))
    .AddHandler("greeting", (string name, CancellationToken cancelled) => ValueTask.FromResult($"Hello {name}"));
builder.Services.AddRabbitBridgeSecurity(builder.Configuration.GetSection("Security"));
builder.Services.AddHealthChecks().AddRabbitBridge();

var app = builder.Build();
app.MapGet("/", () => "An application, and a gateway in it.");
app.MapHealthChecks("/readyz");
app.MapRabbitBridge("/bridge");
await app.RunAsync();
// #endregion
