// #region broker
// dotnet add package RabbitBridge.RabbitMq
// dotnet add package RabbitBridge.Testing
using RabbitBridge;
using RabbitBridge.Testing;

static class OnABroker
{
    public static async Task<string> AskAsync()
    {
        await using var broker = await TestBroker.StartAsync();
        await using var gateway = RabbitMqGateway.Create(new GatewayOptions { Name = "test" }, new RabbitMqOptions { Uri = broker.AmqpUri });
        await gateway.StartAsync();
        await using var session = gateway.OpenSession();
        await session.Messages.AddRequestHandlerAsync<string, string>("greeting", (name, context, cancelled) => new($"Hello {name}"));

        await broker.RestartAsync();

        return await session.Messages.SendRequestAsync<string, string>("greeting", "Ann again", new RequestOptions { Timeout = TimeSpan.FromSeconds(30) });
    }
}
// #endregion
