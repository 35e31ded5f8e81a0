// #region first-steps
// dotnet add package RabbitBridge.RabbitMq
using RabbitBridge;

var broker = new Uri(args.FirstOrDefault() ?? "amqp://guest:guest@localhost:5672/");
await using var gateway = RabbitMqGateway.Create(new GatewayOptions { Name = "berlin" }, new RabbitMqOptions { Uri = broker });
await gateway.StartAsync();

// A session that serves a branch …
await using var service = gateway.OpenSession(new SessionOptions { Principal = "orders" });
await service.Messages.AddRequestHandlerAsync<Order, Receipt>(
    "shop/orders", (order, context, cancelled) => new(new Receipt($"{order.Count} {order.Item} at {context.Path}")));

// … and one, here or on any other gateway, that calls it.
await using var client = gateway.OpenSession();
var receipt = await client.Messages.SendRequestAsync<Order, Receipt>("shop/orders/new", new Order("tea", 2));
Console.WriteLine(receipt.Text);

record Order(string Item, int Count);
record Receipt(string Text);
// #endregion
