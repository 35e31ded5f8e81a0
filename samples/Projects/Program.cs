using RabbitBridge;

// In this process for the sample's sake; a gateway's configuration names handlers as well.
await using var gateway = InMemoryGateway.Create(new GatewayOptions { Name = "agent-8088" });
await gateway.StartAsync();
await using var session = gateway.OpenSession(new SessionOptions { Project = "X", Principal = "Bob" });
gateway.Projects.AddMessageHandler("X", "sum", new FunctionMessageHandler((message, cancelled) =>
    Task.FromResult<object?>(message.Payload.GetProperty("left").GetInt32() + message.Payload.GetProperty("right").GetInt32())));
var payload = new { text = "Hello" };

// #region messages
// In the gateway's process: a handler at the gateway.
gateway.Projects.AddMessageHandler("X", "myMessageHandler", new FunctionMessageHandler(message => Console.WriteLine(message.Payload)));

// In a client session that belongs to the project: a handler at the client.
await session.Projects.AddMessageHandlerAsync("myMessageHandler", message => Console.WriteLine(message.Payload));

// Any session: to both.
var receipts = await session.Projects.SendMessageAsync("X", "myMessageHandler", new { first = "Hello", second = "World" }, "CG");
// To clients of one user; to the gateways named, and their clients.
await session.Projects.SendMessageAsync(project: "X", messageHandler: "myMessageHandler", scope: "C", user: "Bob");
await session.Projects.SendMessageAsync("X", "myMessageHandler", payload, remoteServers: ["agent-8088", "agent-9000"]);
// A handler that answers.
var sum = await session.Projects.SendRequestAsync<int>("X", "sum", new { left = 1, right = 2 }, remoteServer: "agent-8088");
// #endregion

Console.WriteLine($"{receipts.Count(receipt => receipt.Status == SendStatus.Sent)} sent, {sum}");
