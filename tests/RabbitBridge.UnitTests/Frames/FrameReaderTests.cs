using System.Buffers;
using MessagePack;
using RabbitBridge.Fabric;
using RabbitBridge.RabbitMq.Frames;

namespace RabbitBridge.UnitTests.Frames;

/// <summary>Frames that this version would not write: of other versions, or of nobody's.</summary>
public sealed class FrameReaderTests
{
    private delegate void WriteValues(ref MessagePackWriter writer);

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(-1)]
    [InlineData(long.MaxValue)]
    public void Another_version_is_refused_before_anything_is_read(long version)
    {
        var (error, sink) = Fail((ref MessagePackWriter writer) =>
        {
            writer.Write(version);
            writer.WriteArrayHeader(2);
            writer.Write(FrameFormat.Cancel);
            writer.Write(1);
        });

        Assert.Equal(FrameDefect.UnknownVersion, error.Defect);
        Assert.Empty(sink.Messages);
    }

    [Fact]
    public void Unknown_types_are_passed_over_with_all_that_they_hold()
    {
        var sink = Read((ref MessagePackWriter writer) =>
        {
            writer.Write(1);
            writer.WriteArrayHeader(4);
            writer.Write(77);
            writer.WriteMapHeader(2);
            writer.Write("a");
            writer.WriteArrayHeader(2);
            writer.WriteNil();
            writer.Write(1.5);
            writer.Write(3);
            writer.Write(new byte[] { 1, 2, 3 });
            writer.Write(true);
            writer.WriteExtensionFormat(new ExtensionResult(5, new ReadOnlySequence<byte>(new byte[9])));
            writer.WriteArrayHeader(1);
            writer.Write(-5);
            writer.WriteArrayHeader(2);
            writer.Write(FrameFormat.Cancel);
            writer.Write(42L);
        });

        Assert.Equal(["unknown 77", "unknown -5", new CancelMessage(42)], sink.Messages);
    }

    [Fact]
    public void Fields_that_a_later_version_has_added_are_passed_over()
    {
        var sink = Read((ref MessagePackWriter writer) =>
        {
            writer.Write(1);
            writer.WriteArrayHeader(4);
            writer.Write(FrameFormat.Cancel);
            writer.Write(1L);
            writer.WriteArrayHeader(1);
            writer.WriteMapHeader(0);
            writer.Write("more");
            writer.WriteArrayHeader(6);
            writer.Write(FrameFormat.Error);
            writer.Write(2L);
            writer.Write((int)ErrorReason.InvalidPath);
            writer.Write("text");
            writer.Write("more");
            writer.WriteNil();
            writer.WriteArrayHeader(2);
            writer.Write(FrameFormat.Cancel);
            writer.Write(3L);
        });

        Assert.Equal([new CancelMessage(1), ResponseEnvelope.Failed(2, ErrorReason.InvalidPath, "text"), new CancelMessage(3)], sink.Messages);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("")]
    [InlineData("a//b")]
    [InlineData("a/\u0000")]
    public void A_request_with_an_illegal_path_is_told_to_its_sender_and_the_rest_is_read(string path)
    {
        var sink = Read((ref MessagePackWriter writer) =>
        {
            writer.Write(1);
            WriteRequest(ref writer, path, remaining: 1, depth: 0, hops: 0);
            WriteRequest(ref writer, "legal", remaining: 1, depth: 0, hops: 0);
        });

        Assert.Equal((9L, ErrorReason.InvalidPath), sink.Messages[0]);
        Assert.Equal("legal", ((RequestEnvelope)sink.Messages[1]).Path.Value);
    }

    [Theory]
    [InlineData(-1, 0, 0)]
    [InlineData(0, -1, 0)]
    [InlineData(0, 0, -1)]
    [InlineData(int.MinValue, int.MinValue, int.MinValue)]
    public void A_request_with_negative_numbers_is_told_to_its_sender(int remaining, int depth, int hops)
    {
        var sink = Read((ref MessagePackWriter writer) =>
        {
            writer.Write(1);
            WriteRequest(ref writer, "a", remaining, depth, hops);
        });

        Assert.Equal([(9L, ErrorReason.InvalidData)], sink.Messages);
    }

    [Fact]
    public void A_presence_kind_of_a_later_version_is_passed_over()
    {
        var frame = FrameMessages.Write([new PresenceMessage { Kind = (PresenceKind)99, Instance = 1, Name = "n", Address = "a" }, new CancelMessage(5)]);
        var sink = new CollectingSink();

        FrameReader.Read(frame, sink);

        Assert.Equal(2, sink.Messages.Count);
        Assert.StartsWith("unknown", (string)sink.Messages[0], StringComparison.Ordinal);
        Assert.Equal(new CancelMessage(5), sink.Messages[1]);
    }

    [Fact]
    public void Values_nested_without_end_are_refused_and_not_followed()
    {
        var (error, _) = Fail((ref MessagePackWriter writer) =>
        {
            writer.Write(1);
            writer.WriteArrayHeader(2);
            writer.Write(99);
            for (var i = 0; i < 200_000; i++)
                writer.WriteArrayHeader(1);
            writer.WriteNil();
        });

        Assert.Equal(FrameDefect.Malformed, error.Defect);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    public void Too_few_fields_are_refused(int fields)
    {
        foreach (var type in new[] { FrameFormat.Request, FrameFormat.Response, FrameFormat.Error, FrameFormat.Presence })
        {
            // The first frame of each kind that has as many fields as it needs is not tried.
            if (fields >= 4 && type is FrameFormat.Response or FrameFormat.Error)
                continue;
            var (error, sink) = Fail((ref MessagePackWriter writer) =>
            {
                writer.Write(1);
                writer.WriteArrayHeader(fields);
                for (var i = 0; i < fields; i++)
                    writer.Write(type);
            });
            Assert.Equal(FrameDefect.Malformed, error.Defect);
            Assert.Empty(sink.Messages);
        }
    }

    [Theory]
    [InlineData(new byte[] { 1, 0xDD, 0x7F, 0xFF, 0xFF, 0xFF })]
    [InlineData(new byte[] { 1, 0xDD, 0xFF, 0xFF, 0xFF, 0xFF, 99 })]
    [InlineData(new byte[] { 1, 0x92, 99, 0xDF, 0x7F, 0xFF, 0xFF, 0xFF })]
    [InlineData(new byte[] { 1, 0x92, 99, 0xC6, 0xFF, 0xFF, 0xFF, 0xFF })]
    [InlineData(new byte[] { 1, 0x94, 2, 1, 0xDB, 0x7F, 0xFF, 0xFF, 0xFF })]
    [InlineData(new byte[] { 1, 0x94, 2, 1, 4, 0xC6, 0x7F, 0xFF, 0xFF, 0xFF })]
    public void Lengths_that_the_frame_cannot_have_are_refused_without_allocating_them(byte[] frame)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Throws<FrameException>(() => FrameReader.Read(frame, new CollectingSink()));

        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1_000_000);
    }

    private static void WriteRequest(ref MessagePackWriter writer, string path, int remaining, int depth, int hops)
    {
        writer.WriteArrayHeader(12);
        writer.Write(FrameFormat.Request);
        writer.Write(9L);
        writer.Write(path);
        writer.WriteNil();
        writer.Write(new byte[16]);
        writer.Write(remaining);
        writer.Write(depth);
        writer.Write(hops);
        writer.Write(1);
        writer.Write(new byte[] { 1 });
        writer.WriteNil();
        writer.WriteNil();
    }

    private static (FrameException Error, CollectingSink Sink) Fail(WriteValues write)
    {
        var sink = new CollectingSink();
        return (Assert.Throws<FrameException>(() => FrameReader.Read(Pack(write), sink)), sink);
    }

    private static CollectingSink Read(WriteValues write)
    {
        var sink = new CollectingSink();
        FrameReader.Read(Pack(write), sink);
        return sink;
    }

    private static byte[] Pack(WriteValues write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        write(ref writer);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }
}
