using System.Text.Json.Serialization;
using RabbitBridge.Fabric;

namespace RabbitBridge.Projects;

/// <summary>What became of a message at one system of a gateway.</summary>
/// <param name="Session">The client session; <see langword="null"/> for the gateway itself.</param>
/// <param name="Address">The client's address.</param>
/// <param name="Host">The client's host.</param>
/// <param name="Status">What became of it.</param>
internal sealed record SystemReceipt(string? Session, string Address, string Host, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] SendStatus Status)
{
    // Three lengths and the status.
    private const int LeastBytes = (3 * sizeof(int)) + sizeof(byte);
    private const int UsualBytes = 64;

    // Most messages have one receipt, that of the gateway: these are made once.
    private static readonly SystemReceipt[][] OfGateways =
        [.. Enum.GetValues<SendStatus>().Select(static status => new[] { new SystemReceipt(Session: null, string.Empty, string.Empty, status) })];

    private static readonly ReadOnlyMemory<byte>[] Written = [.. OfGateways.Select(static receipts => WriteAll(receipts))];

    public static SystemReceipt OfGateway(SendStatus status) => OfGateways[(int)status][0];

    /// <summary>What a message has come to that was for the gateway only.</summary>
    public static IReadOnlyList<SystemReceipt> OnlyOfGateway(SendStatus status) => OfGateways[(int)status];

    /// <summary>Writes the receipts of a gateway, for another one.</summary>
    public static ReadOnlyMemory<byte> Write(IReadOnlyList<SystemReceipt> receipts) =>
        receipts.Count == 1 && ReferenceEquals(receipts[0], OfGateway(receipts[0].Status)) ? Written[(int)receipts[0].Status] : WriteAll(receipts);

    private static ReadOnlyMemory<byte> WriteAll(IReadOnlyList<SystemReceipt> receipts)
    {
        var writer = new FieldWriter(sizeof(int) + (UsualBytes * receipts.Count));
        writer.Write(receipts.Count);
        foreach (var receipt in receipts)
        {
            writer.Write((byte)receipt.Status);
            writer.Write(receipt.Session);
            writer.Write(receipt.Address);
            writer.Write(receipt.Host);
        }

        return writer.ToMemory();
    }

    /// <exception cref="InvalidMessageDataException">They are none.</exception>
    public static IReadOnlyList<SystemReceipt> Read(ReadOnlySpan<byte> bytes)
    {
        foreach (var receipts in OfGateways)
        {
            if (bytes.SequenceEqual(Written[(int)receipts[0].Status].Span))
                return receipts;
        }

        return ReadAll(bytes);
    }

    private static List<SystemReceipt> ReadAll(ReadOnlySpan<byte> bytes)
    {
        var reader = new FieldReader(bytes);
        var count = reader.ReadCount(LeastBytes);
        var receipts = new List<SystemReceipt>(count);
        for (var i = 0; i < count; i++)
        {
            var status = (SendStatus)reader.ReadByte();
            if (!Enum.IsDefined(status))
                throw new InvalidMessageDataException($"A receipt has the status {(int)status}, which is none.");
            receipts.Add(new SystemReceipt(reader.ReadText(), reader.ReadRequiredText(), reader.ReadRequiredText(), status));
        }

        return receipts;
    }
}
