// #region service
// dotnet add package RabbitBridge.Client
using RabbitBridge;

string[] gateways = args.Length > 0 ? args : ["http://localhost:5001", "http://localhost:5002"];
await using var session = await RabbitBridgeClient.ConnectAsync(new ClientOptions { Addresses = [.. gateways.Select(address => new Uri(address))] });

await session.Messages.AddRequestHandlerAsync<string, string>(
    "shop/price", (item, context, cancelled) => new($"{item} costs {item.Length} euros, says the service at gateway {session.Gateway}"));
Console.WriteLine($"Sells at gateway {session.Gateway}. Enter ends it.");
Console.ReadLine();
// #endregion
