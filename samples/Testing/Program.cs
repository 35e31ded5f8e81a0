// #region in-memory
// dotnet add package RabbitBridge
using RabbitBridge;

var fabric = new InMemoryBroker();
await using var berlin = InMemoryGateway.Create(new GatewayOptions { Name = "berlin" }, fabric);
await using var paris = InMemoryGateway.Create(new GatewayOptions { Name = "paris" }, fabric);
await Task.WhenAll(berlin.StartAsync(), paris.StartAsync());

await using var service = berlin.OpenSession();
await service.Messages.AddRequestHandlerAsync<string, string>("greeting", (name, context, cancelled) => new($"Hello {name}"));
await using var client = paris.OpenSession();
Console.WriteLine(await client.Messages.SendRequestAsync<string, string>("greeting", "Ann"));
// #endregion

Console.WriteLine(await OnABroker.AskAsync());
