using RabbitMQ.Client;

namespace RabbitBridge.Cli.Doctor;

/// <summary>A durable exchange as the wire contract has it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type.</param>
/// <param name="Alternate">Where messages go that it cannot route.</param>
internal sealed record ExpectedExchange(string Name, string Type, string? Alternate)
{
    public Task DeclareAsync(IChannel channel) => channel.ExchangeDeclareAsync(
        Name,
        Type,
        durable: true,
        autoDelete: false,
        arguments: Alternate is null ? null : new Dictionary<string, object?> { ["alternate-exchange"] = Alternate });

    public override string ToString() => $"a durable {Type} exchange {(Alternate is null ? "without an alternate exchange" : $"with the alternate exchange {Alternate}")}";
}
