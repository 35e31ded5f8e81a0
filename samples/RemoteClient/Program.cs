// #region connect
// dotnet add package RabbitBridge.Client
using RabbitBridge;

// Several: when one gateway is gone, the session goes on at another.
Uri[] gateways = args.Length > 0 ? [.. args.Select(address => new Uri(address))] : [new("https://gateway-a.example.com"), new("https://gateway-b.example.com")];
await using var session = await RabbitBridgeClient.ConnectAsync(new ClientOptions { Addresses = gateways, Principal = "orders", Password = "secret" });

// The same ISession as in a gateway's own process: handlers, requests, filters, listeners.
await session.Messages.AddRequestHandlerAsync<string, string>("greeting", (name, context, cancelled) => new($"Hello {name}"));
Console.WriteLine(await session.Messages.SendRequestAsync<string, string>("greeting", "Ann"));
// #endregion

// #region filters
// Change the properties of all sessions that a filter selects, and ask them.
session.Messages.SetRequestStream<string, string>("status", (path, question, cancelled) => new("well"));
await session.Sessions.SetPropertiesAsync("$Principal is 'orders'", new Dictionary<string, string?> { ["Department"] = "Accounts" });
await foreach (var answer in session.Messages.SendRequestToFilterAsync<string, string>("Department is 'Accounts'", "status", "How are you?"))
    Console.WriteLine(answer.Error?.Message ?? answer.Response);
// #endregion
