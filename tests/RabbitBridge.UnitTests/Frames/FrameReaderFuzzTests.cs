using System.Diagnostics;
using CsCheck;
using RabbitBridge.RabbitMq.Frames;

namespace RabbitBridge.UnitTests.Frames;

/// <summary>
/// Anybody who may publish may send any bytes: whatever they are, reading ends soon, in bounded memory, and with no error
/// but <see cref="FrameException"/>.
/// </summary>
public sealed class FrameReaderFuzzTests
{
    private const int Inputs = 60_000;

    private enum Harm
    {
        Random,
        Truncated,
        Flipped,
        Spliced,
    }

    [Fact]
    public void Random_bytes_harm_nobody() => Attack(Harm.Random);

    [Fact]
    public void Truncated_frames_harm_nobody() => Attack(Harm.Truncated);

    [Fact]
    public void Frames_with_changed_bytes_harm_nobody() => Attack(Harm.Flipped);

    [Fact]
    public void Frames_with_pieces_of_others_harm_nobody() => Attack(Harm.Spliced);

    private static void Attack(Harm harm)
    {
        // The seed makes a failure come again; its number and bytes are in the message.
        var random = new Random(20_260_101 + (int)harm);
        var frames = new List<byte[]>();
        FrameMessages.Any.Array[1, 4].Sample(messages => frames.Add(FrameMessages.Write(messages)), iter: 400, threads: 1, seed: "0000KOIPe036");
        var small = frames.Where(frame => frame.Length < 2000).ToArray();
        var sink = new CollectingSink();
        var (read, refused) = (0, 0);
        var clock = Stopwatch.StartNew();

        for (var number = 0; number < Inputs; number++)
        {
            var input = Make(harm, random, small);
            sink.Messages.Clear();
            var before = GC.GetAllocatedBytesForCurrentThread();
            var start = clock.Elapsed;
            try
            {
                FrameReader.Read(input, sink);
                read++;
            }
            catch (FrameException)
            {
                refused++;
            }
#pragma warning disable CA1031 // Any other error is what this test is looking for.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                Assert.Fail($"{harm} {number}: {exception}\n{Convert.ToHexString(input)}");
            }

            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated < 100_000 + (200 * input.Length), $"{harm} {number} allocated {allocated} bytes: {Convert.ToHexString(input)}");
            Assert.True(clock.Elapsed - start < Eventually.Limit, $"{harm} {number} took {clock.Elapsed - start}: {Convert.ToHexString(input)}");
        }

        // The attack has really tried both sides.
        Assert.True(refused > Inputs / 20, $"{refused} refused");
        Assert.True(read > 100, $"{read} read");
    }

    private static byte[] Make(Harm harm, Random random, byte[][] frames)
    {
        var frame = frames[random.Next(frames.Length)];
        switch (harm)
        {
            case Harm.Random:
                var bytes = new byte[random.Next(0, 200)];
                random.NextBytes(bytes);
                // Behind a right version, and mostly a plausible message, or nothing would ever get further.
                if (bytes.Length > 4)
                    (bytes[0], bytes[1], bytes[2]) = (1, (byte)(0x90 | random.Next(16)), (byte)random.Next(8));
                return bytes.Length > 60 ? bytes[..random.Next(bytes.Length)] : bytes[..Math.Min(bytes.Length, random.Next(6))];
            case Harm.Truncated:
                return frame[..random.Next(frame.Length)];
            case Harm.Flipped:
                var flipped = frame.ToArray();
                for (var count = random.Next(1, 6); count > 0; count--)
                    flipped[random.Next(flipped.Length)] = (byte)random.Next(256);
                return flipped;
            default:
                var other = frames[random.Next(frames.Length)];
                return [.. frame[..random.Next(frame.Length)], .. other[random.Next(other.Length)..]];
        }
    }
}
