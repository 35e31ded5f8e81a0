// #region gateway
// dotnet add package RabbitBridge.RabbitMq
using RabbitBridge;

var builder = Host.CreateApplicationBuilder();
builder.Services.AddSingleton<Shop>();
builder.Services.AddRabbitBridge(options => options.Name = "berlin")
    .UseRabbitMq(options => options.Uri = new Uri(args.FirstOrDefault() ?? "amqp://guest:guest@localhost:5672/"))
    .AddHandler("shop/orders", async (Order order, Shop shop, CancellationToken cancelled) => await shop.BookAsync(order, cancelled))
    .AddHandler<Question, Answer, Desk>("shop/questions", new RequestHandlerOptions { MaxConcurrency = 4 })
    .AddRequestClient<Order, Receipt>("shop/orders/new");
builder.Services.AddHealthChecks().AddRabbitBridge();
builder.Services.AddHostedService<Customer>();
await builder.Build().RunAsync();

/// <summary>Sends a request with the client that the host has for it.</summary>
class Customer(IRequestClient<Order, Receipt> orders, IHostApplicationLifetime host) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Console.WriteLine((await orders.SendAsync(new Order("tea", 2), cancellationToken: stoppingToken)).Text);
        host.StopApplication();
    }
}

/// <summary>Each request gets one of these, in a service scope of its own.</summary>
class Desk(Shop shop) : IHandler<Question, Answer>
{
    public async ValueTask<Answer> HandleAsync(Question question, IRequestContext context, CancellationToken cancellationToken) =>
        await shop.AnswerAsync(question, cancellationToken);
}
// #endregion

class Shop
{
    public Task<Receipt> BookAsync(Order order, CancellationToken cancellationToken) => Task.FromResult(new Receipt($"{order.Count} {order.Item}"));

    public Task<Answer> AnswerAsync(Question question, CancellationToken cancellationToken) => Task.FromResult(new Answer(question.Text));
}

record Order(string Item, int Count);
record Receipt(string Text);
record Question(string Text);
record Answer(string Text);

static class Elsewhere
{
    public static void Add(IHostApplicationBuilder builder, string password)
    {
        // #region elsewhere
        // dotnet add package RabbitBridge.Client
        builder.Services.AddRabbitBridgeClient(new ClientOptions { Addresses = [new Uri("https://gateway.example.com")], Principal = "orders", Password = password })
            .AddHandler("shop/orders", async (Order order, Shop shop, CancellationToken cancelled) => await shop.BookAsync(order, cancelled));
        builder.Services.AddHealthChecks().AddRabbitBridgeClient();
        // #endregion
    }

    public static void AddMessageHandlers(IServiceCollection services)
    {
        // #region message-handlers
        services.AddRabbitBridge().AddProject("X", project => project
            .OnMessage("log", message => Console.WriteLine(message.Payload))
            .OnMessage<OrderMessages>("order", new MessageHandlerOptions { Threading = HandlerThreading.Dedicated, Roles = ["Sales"] }));
        // #endregion
    }
}

class OrderMessages : IMessageHandler
{
    public Task<object?> OnMessageAsync(ProjectMessage message, CancellationToken cancellationToken) => Task.FromResult<object?>(null);
}
