namespace RabbitBridge.Testing.Tests;

/// <summary>A process that owns a private node until it is killed: the assembly's own program.</summary>
internal static class NodeOwner
{
    private static async Task<int> Main()
    {
        await using var broker = await TestBroker.StartAsync(new TestBrokerOptions { Kind = TestBrokerKind.PrivateNode });
        Console.WriteLine(broker.AmqpUri);
        await Console.In.ReadToEndAsync();
        return 0;
    }
}
