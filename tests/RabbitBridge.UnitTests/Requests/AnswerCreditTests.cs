using CsCheck;

namespace RabbitBridge.UnitTests.Requests;

/// <summary>Sender and requester of answers to a filter request, against each other.</summary>
public sealed class AnswerCreditTests
{
    private static readonly Gen<int> Size = Gen.Frequency((5, Gen.Int[0, 2_000]), (2, Gen.Int[0, 2 * SentAnswers.Bytes]), (1, Gen.Const(SentAnswers.Bytes)), (1, Gen.Const(SentAnswers.Bytes / 4)));

    // The limits and steps of gateways, of .NET and of JavaScript clients.
    private static readonly Gen<(int Limit, int Step)> Sides = Gen.OneOf(Gen.Const((1024, 256)), Gen.Const((256, 128)), Gen.Const((256, 64)), Gen.Const((1, 1)));

    [Fact]
    public void Whoever_takes_up_all_that_comes_gets_all_and_no_more_than_the_window_is_under_way() =>
        Gen.Select(Sides, Size.Array[0, 3_000], Gen.Int[1, 50]).Sample((sides, sizes, burst) =>
        {
            var (sent, credit) = (new SentAnswers(sides.Limit), new AnswerCredit(sides.Step));
            var underway = new Queue<int>();
            var next = 0;
            while (next < sizes.Length || underway.Count > 0)
            {
                for (; next < sizes.Length && sent.HasRoom; next++)
                {
                    sent.Sent(sizes[next]);
                    credit.Delivered(sizes[next]);
                    underway.Enqueue(sizes[next]);
                }

                Assert.True(underway.Count > 0, "Nothing is under way, and nothing may be sent.");
                Assert.True(underway.Count <= sides.Limit && underway.Sum(static size => (long)size) < 3L * SentAnswers.Bytes);
                for (var i = 0; i < burst && underway.TryDequeue(out _); i++)
                    sent.Taken(credit.Taken());
            }
        }, iter: 300);

    [Fact]
    public void What_is_told_beyond_what_was_sent_makes_no_room()
    {
        var sent = new SentAnswers(2);
        sent.Taken(int.MaxValue);
        sent.Sent(1);
        sent.Taken(-5);
        sent.Sent(1);

        Assert.False(sent.HasRoom);
        Assert.Equal((2, 2), (sent.Count, sent.TotalBytes));
    }
}
