using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CsCheck;
using RabbitBridge.Remote;

namespace RabbitBridge.UnitTests.Remote;

/// <summary>Messages are read as they were written, and what is none is refused.</summary>
public sealed class RemoteMessageTests
{
    private static readonly Gen<string> Text = Gen.String[0, 40];
    private static readonly Gen<string?> MaybeText = Text.Null();
    private static readonly Gen<SessionId?> Session = Gen.Select(Gen.ULong, Gen.ULong).Select((gateway, session) => new SessionId(gateway, session)).Nullable();
    private static readonly Gen<byte[]> Payload = Gen.Byte.Array[0, 300];
    private static readonly Gen<Dictionary<string, string>> Properties = Gen.Dictionary(Text, Text)[0, 5];
    private static readonly Gen<Dictionary<string, string?>> Values = Gen.Dictionary(Text, MaybeText)[0, 5];
    private static readonly Gen<string[]> Names = Text.Array[0, 4];

    // Of all elements; each type writes and reads those that are its own.
    private static readonly Gen<RemoteMessage> Message = Gen.Select(
        Gen.Select(Gen.Enum<RemoteMessageType>(), Gen.Long, Text, MaybeText),
        Gen.Select(Session, Text, Gen.Int.Nullable(), Payload),
        Gen.Select(Gen.Int, Text, Names, Names),
        Gen.Select(Properties, Values, Gen.Bool, MaybeText),
        (a, b, c, d) => new RemoteMessage(a.Item1, a.Item2)
        {
            Path = a.Item3,
            Branch = a.Item4,
            Session = b.Item1,
            Filter = b.Item2,
            Milliseconds = b.Item3,
            ContentType = c.Item2,
            Payload = b.Item4,
            Reason = c.Item1,
            Count = c.Item1,
            Text = c.Item2,
            Names = c.Item3,
            AddedRoles = c.Item4,
            Properties = d.Item1,
            Values = d.Item2,
            Redelivery = d.Item3,
            TraceParent = d.Item4,
        });

    [Theory]
    [InlineData(1, 300_000, false)]
    [InlineData(1, 100_000, true)]
    [InlineData(300_000, 100_000, true)]
    [InlineData(100_000, 300_000, false)]
    public void A_small_payload_does_not_keep_a_large_frame(int bytes, int beside, bool isPart)
    {
        var frame = Frame([new RemoteMessage(RemoteMessageType.Error, 1) { Text = new string('x', beside) }, new RemoteMessage(RemoteMessageType.Response, 2) { ContentType = ContentTypes.Binary, Payload = new byte[bytes] }]);

        var payload = Read(frame, out _, out _)[1].Payload;

        Assert.True(MemoryMarshal.TryGetArray(payload, out var array));
        Assert.Equal(isPart, array.Array == frame);
    }

    [Fact]
    public void A_message_that_is_read_and_written_again_is_the_same() => Message.Array[1, 5].Sample(messages =>
    {
        var frame = Frame(messages);

        var read = Read(frame, out var number, out var acknowledged);

        Assert.Equal((7, 3), (number, acknowledged));
        Assert.Equal(messages.Select(message => message.Type), read.Select(message => message.Type));
        Assert.Equal(frame, Frame([.. read]));
    });

    [Fact]
    public void What_a_type_needs_is_not_lost()
    {
        var request = new RemoteMessage(RemoteMessageType.Request, 5)
        {
            Path = "a/b",
            Session = new SessionId(1, 2),
            Milliseconds = 1000,
            ContentType = "text/plain",
            Payload = "hello"u8.ToArray(),
            TraceParent = "trace",
        };

        var read = Assert.Single(Read(Frame(request), out _, out _));

        Assert.Equal(request with { Payload = default }, read with { Payload = default, Names = request.Names, AddedRoles = request.AddedRoles });
        Assert.Equal("hello"u8, read.Payload.Span);
    }

    [Fact]
    public void Types_and_elements_of_a_later_version_are_passed_over()
    {
        // [1, 0] [99, {}] [3, 8, "later"] [3, 9]
        byte[] frame = [0x92, 1, 0, 0x92, 99, 0x80, 0x93, 3, 8, 0xA5, (byte)'l', (byte)'a', (byte)'t', (byte)'e', (byte)'r', 0x92, 3, 9];

        Assert.Equal([8, 9], Read(frame, out _, out _).Select(message => message.Id));
    }

    [Fact]
    public void Bytes_that_are_no_frame_are_refused_and_nothing_else_happens() => Gen.Byte.Array[0, 200].Sample(
        bytes =>
        {
            try
            {
                Read(bytes, out _, out _);
            }
            catch (RemoteProtocolException)
            {
                // What is no frame says so.
            }
        },
        iter: 100_000);

    [Fact]
    public void A_frame_with_one_byte_changed_is_read_or_refused() => Gen.Select(Message.Array[1, 3], Gen.Int[0, 10_000], Gen.Byte).Sample(
        (messages, at, value) =>
        {
            var frame = Frame(messages);
            frame[at % frame.Length] = value;
            try
            {
                Read(frame, out _, out _);
            }
            catch (RemoteProtocolException)
            {
                // What is no frame says so.
            }
        },
        iter: 20_000);

    [Fact]
    public void Arrays_nested_a_hundred_thousand_times_are_passed_over()
    {
        // [1, 0] [99, [[[[… nil
        byte[] frame = [0x92, 1, 0, 0x92, 99, .. Enumerable.Repeat((byte)0x91, 100_000), 0xC0];

        Assert.Empty(Read(frame, out _, out _));
    }

    [Fact]
    public void A_frame_full_of_the_smallest_messages_is_read_one_by_one_D25()
    {
        // [1, 0], and then a million times [20], two bytes each.
        byte[] frame = [0x92, 1, 0, .. Enumerable.Repeat(new byte[] { 0x91, (byte)RemoteMessageType.Close }, 1_000_000).SelectMany(static each => each)];

        var samples = ReadSamples(frame);

        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.Equal(1000, samples.Count);
        Assert.DoesNotContain(samples, static sample => sample.IsAlive);
    }

    [Theory]
    [InlineData(nameof(RemoteMessageType.AddHandler))]
    [InlineData(nameof(RemoteMessageType.SetProperties))]
    public void A_list_or_a_map_of_very_many_entries_is_refused_D25(string type)
    {
        var message = new RemoteMessage(Enum.Parse<RemoteMessageType>(type), 1)
        {
            Path = "a",
            Filter = "all",
            Names = [.. Enumerable.Repeat(string.Empty, 10_001)],
            Values = Enumerable.Range(0, 10_001).ToDictionary(static each => $"{each}", static string? (_) => null),
        };

        var refused = Assert.Throws<RemoteProtocolException>(() => Read(Frame(message), out _, out _));

        Assert.Contains("10000 are allowed", refused.Message, StringComparison.Ordinal);
    }

    // Not in the test itself, whose frame would keep the last one alive.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static List<WeakReference> ReadSamples(byte[] frame)
    {
        var samples = new List<WeakReference>();
        var rest = RemoteReader.ReadHeader(frame, out _, out _);
        for (var count = 0; !rest.IsEmpty; count++)
        {
            var message = RemoteReader.Next(ref rest);
            Assert.Equal(RemoteMessageType.Close, message!.Type);
            if (count % 1000 == 0)
                samples.Add(new WeakReference(message));
        }

        return samples;
    }

    private static List<RemoteMessage> Read(ReadOnlyMemory<byte> frame, out long number, out long acknowledged)
    {
        var messages = new List<RemoteMessage>();
        for (var rest = RemoteReader.ReadHeader(frame, out number, out acknowledged); !rest.IsEmpty;)
        {
            if (RemoteReader.Next(ref rest) is { } message)
                messages.Add(message);
        }

        return messages;
    }

    private static byte[] Frame(params RemoteMessage[] messages)
    {
        var buffer = new ArrayBufferWriter<byte>();
        RemoteWriter.WriteHeader(buffer, 7, 3);
        foreach (var message in messages)
            RemoteWriter.Write(buffer, message);
        return buffer.WrittenSpan.ToArray();
    }
}
