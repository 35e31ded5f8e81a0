using CsCheck;
using RabbitBridge.Fabric;
using RabbitBridge.Filters;

namespace RabbitBridge.UnitTests.Filters;

/// <summary>A gateway and the requester of a filter request against each other, over a network that loses and overtakes.</summary>
public sealed class DispatchWindowTests
{
    private static readonly Gen<int> Size = Gen.Frequency(
        (5, Gen.Int[0, 2_000]), (3, Gen.Int[0, 2 * SentAnswers.Bytes]), (1, Gen.Const(SentAnswers.Bytes)), (1, Gen.Const(SentAnswers.Bytes / 4)));

    private static readonly byte[] Bytes = new byte[2 * SentAnswers.Bytes];

    // What happens next: 0 to 3 an answer arrives (the first, second, …), 4 and 5 one is taken up, 6 what is told arrives, 7 it is lost, 8 an answer arrives as an error.
    private static readonly Gen<int[]> Steps = Gen.Int[0, 8].Array[50, 400].Select(static steps => (int[])[.. steps, .. Enumerable.Range(0, 9)]);

    [Fact]
    public void All_answers_get_through_whatever_is_lost_replaced_or_overtaken() =>
        Gen.Select(Size.Array[0, 300], Steps).Sample((sizes, steps) =>
        {
            var (window, credit) = (new DispatchWindow(), new AnswerCredit(256));
            var (network, delivered) = (new List<int>(), new Queue<int>());
            var (next, told, arrived, taken, isAsked) = (0, 0, 0, 0, false);
            var step = 0;
            for (var idle = 0; taken < sizes.Length; idle++)
            {
                Assert.True(idle < 10_000, $"{taken} of {sizes.Length} answers are taken, {network.Count} under way.");
                for (; next < sizes.Length && window.MayAsk; next++)
                {
                    window.Asked();
                    var answer = new ResponseEnvelope { Id = 1, ContentType = ContentTypes.Binary, Payload = Bytes.AsMemory(0, sizes[next]) };
                    if (window.TryPass(next, answer))
                        network.Add(sizes[next]);
                    else
                        window.Hold(answer);
                }

                while (window.TryRelease(out var answer))
                    network.Add(answer.Payload.Length);
                // The window, an answer that closes it, and as many of the largest as may overtake each other.
                Assert.InRange(network.Sum(static size => (long)size) + delivered.Sum(static size => (long)size), 0, (3L + (2 * 4)) * SentAnswers.Bytes);
                // Only what the gateway does on its clock, and what it asks, when nothing else happens.
                isAsked |= window.IsFull;
                var what = steps[step++ % steps.Length];
                switch (what)
                {
                    case <= 3 or 8 when network.Count > 0:
                        var index = Math.Min(what is 8 ? 0 : what, network.Count - 1);
                        var size = what is 8 ? 0 : network[index];
                        network.RemoveAt(index);
                        credit.Delivered(size);
                        delivered.Enqueue(size);
                        break;
                    case 4 or 5 when delivered.TryDequeue(out _):
                        taken++;
                        told += credit.Taken();
                        break;
                    case 6:
                        arrived = told;
                        window.TakenInAll(arrived);
                        break;
                    case 7 when isAsked:
                        told += credit.Asked();
                        isAsked = false;
                        break;
                    default:
                        window.Waited();
                        break;
                }
            }
        }, iter: 300);

    [Fact]
    public void One_large_answer_does_not_make_the_others_come_one_by_one()
    {
        var window = new DispatchWindow();
        Answer(window, SentAnswers.Bytes - 1);
        window.TakenInAll(1);
        Assert.Equal(4, AskAll(window));
        for (var i = 0; i < 100; i++)
        {
            Answer(window, 100, isAsked: true);
            window.TakenInAll(2 + i);
            window.Asked();
        }

        Assert.InRange(AskAll(window), 1_000, DispatchWindow.Answers);
    }

    [Fact]
    public void Refusals_have_a_size_too_and_say_nothing_of_answers()
    {
        var window = new DispatchWindow();
        Assert.Equal(8, AskAll(window));

        var refusal = ResponseEnvelope.Failed(1, ErrorReason.RejectedRequest, new string('x', ErrorText.MaxLength));
        var passed = 0;
        while (window.TryPass(0, refusal))
            passed++;

        Assert.True(window.IsFull);
        Assert.InRange(passed, SentAnswers.Bytes / HeldAnswers.SizeOf(refusal), (SentAnswers.Bytes / HeldAnswers.SizeOf(refusal)) + 1);
        Assert.False(window.TryPass(0, ResponseEnvelope.Failed(1, ErrorReason.RejectedRequest, "x")));
    }

    private static int AskAll(DispatchWindow window)
    {
        var asked = 0;
        for (; window.MayAsk; asked++)
            window.Asked();
        return asked;
    }

    private static void Answer(DispatchWindow window, int bytes, bool isAsked = false)
    {
        if (!isAsked)
            window.Asked();
        Assert.True(window.TryPass(0, new ResponseEnvelope { Id = 1, ContentType = ContentTypes.Binary, Payload = Bytes.AsMemory(0, bytes) }));
    }
}
