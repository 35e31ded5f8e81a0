using RabbitBridge.Testing;

// A broker until standard input ends.
await using var broker = await TestBroker.StartAsync(new TestBrokerOptions { Kind = TestBrokerKind.PrivateNode });
Console.WriteLine(broker.AmqpUri);
await Console.In.ReadToEndAsync();
