using CsCheck;
using RabbitBridge.RabbitMq.Frames;

namespace RabbitBridge.UnitTests.Frames;

public sealed class FrameRoundTripTests
{
    [Fact]
    public void Every_message_is_read_as_it_was_written_and_in_its_order() => FrameMessages.Any.Array[1, 8].Sample(
        messages =>
        {
            var sink = new CollectingSink();
            FrameReader.Read(FrameMessages.Write(messages), sink);

            Assert.Equal(messages.Length, sink.Messages.Count);
            for (var i = 0; i < messages.Length; i++)
                FrameMessages.AssertEqual(messages[i], sink.Messages[i]);
        },
        iter: 5000);

    [Fact]
    public void What_precedes_a_cut_is_read_and_the_cut_is_reported() => Gen.Select(FrameMessages.Any.Array[1, 4], Gen.Double[0, 1]).Sample(
        (messages, where) =>
        {
            var whole = FrameMessages.Write(messages);
            var cut = (int)(where * (whole.Length - 1));
            var sink = new CollectingSink();

            var error = Record.Exception(() => FrameReader.Read(whole.AsMemory(0, cut), sink));

            // Between two messages, and nowhere else, a cut cannot be seen.
            var complete = Enumerable.Range(0, messages.Length).Count(count => FrameMessages.Write(messages.Take(count + 1)).Length <= cut);
            Assert.Equal(complete, sink.Messages.Count);
            var isBetween = cut == 1 || (complete > 0 && FrameMessages.Write(messages.Take(complete)).Length == cut);
            Assert.Equal(isBetween, error is null);
            Assert.True(error is null or FrameException, $"{error}");
        },
        iter: 3000);

    [Fact]
    public void Payloads_are_slices_of_the_frame()
    {
        var bytes = FrameMessages.Write([new Fabric.ResponseEnvelope { Id = 1, ContentType = ContentTypes.Binary, Payload = new byte[] { 7, 7, 7 } }]);
        var sink = new CollectingSink();
        FrameReader.Read(bytes, sink);

        bytes[^1] = 8;

        Assert.Equal([7, 7, 8], ((Fabric.ResponseEnvelope)sink.Messages[0]).Payload.ToArray());
    }
}
