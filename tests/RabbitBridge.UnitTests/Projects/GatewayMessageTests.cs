using RabbitBridge.Fabric;
using RabbitBridge.Projects;

namespace RabbitBridge.UnitTests.Projects;

/// <summary>What gateways send each other of project messages.</summary>
public sealed class GatewayMessageTests
{
    private static readonly GatewayMessage Full = new()
    {
        Project = "X",
        Handler = "h",
        IsRequest = true,
        Scope = MessageScope.Clients,
        ClientSessionId = "0-1",
        User = "Bob",
        HasRole = "ä€𝄞",
        HostName = "",
        Principal = "ann",
        Roles = ["operator", ""],
        TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    };

    [Fact]
    public void A_message_is_read_as_it_was_written()
    {
        foreach (var message in new[] { Full, new GatewayMessage { Project = new string('p', 100_000), Handler = "h" } })
        {
            var read = GatewayMessage.Read(message.Write("{}"u8), out var payload);

            Assert.Equal(message.Roles, read.Roles);
            Assert.Equal(message, read with { Roles = message.Roles });
            Assert.Equal("{}"u8, payload.Span);
        }
    }

    [Fact]
    public void One_that_is_cut_off_anywhere_is_refused()
    {
        var whole = Full.Write([]);

        for (var length = 0; length < whole.Length; length++)
            Assert.Throws<InvalidMessageDataException>(() => GatewayMessage.Read(whole[..length], out _));
    }

    [Fact]
    public void A_text_with_half_a_surrogate_pair_is_refused_before_it_is_sent() =>
        Assert.Throws<InvalidMessageDataException>(() => (Full with { User = "\ud800" }).Write("{}"u8));

    [Fact]
    public void Receipts_are_read_as_they_were_written_and_refused_if_they_are_none()
    {
        List<SystemReceipt> receipts = [.. Enum.GetValues<SendStatus>().Select(SystemReceipt.OfGateway), new("0-1", "127.0.0.1", "desk", SendStatus.Sent)];
        var whole = SystemReceipt.Write(receipts);

        Assert.Equal(receipts, SystemReceipt.Read(whole.Span));
        for (var length = 0; length < whole.Length; length++)
            Assert.Throws<InvalidMessageDataException>(() => SystemReceipt.Read(whole.Span[..length]));
        foreach (var status in Enum.GetValues<SendStatus>())
            Assert.Equal([SystemReceipt.OfGateway(status)], SystemReceipt.Read(SystemReceipt.Write(SystemReceipt.OnlyOfGateway(status)).Span));
        // Neither is memory taken for as many as a number claims.
        Assert.Throws<InvalidMessageDataException>(() => SystemReceipt.Read([0x7f, 0xff, 0xff, 0xff]));
        Assert.Throws<InvalidMessageDataException>(() => SystemReceipt.Read([0, 0, 0, 1, 99, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0]));
    }
}
