using RabbitBridge.Fabric;
using RabbitBridge.RabbitMq.Consuming;
using RabbitBridge.RabbitMq.PublicPlane;

namespace RabbitBridge.UnitTests.Consuming;

/// <summary>One branch has at most one consumer, whatever is wanted while somebody is at work, and in the end as many as are wanted.</summary>
public sealed class BranchAttachmentTests
{
    private static readonly BranchAnnouncement Branch = new(MessagePath.Parse("a"), [], Redelivery: false);

    [Fact]
    public void What_is_wanted_again_before_it_was_let_go_keeps_its_consumer()
    {
        var attachment = new BranchAttachment(Branch.Path);
        var consumer = Attach(attachment);

        Assert.NotNull(attachment.Want(null, out var isToDo));
        Assert.True(isToDo);
        var settled = attachment.Want(Branch, out isToDo);
        Assert.False(isToDo);
        Assert.Equal((null, null), attachment.Next());
        Assert.Equal((false, false, false), attachment.Done(null, null));

        Assert.True(settled!.IsCompletedSuccessfully);
        Assert.True(attachment.Lost(consumer));
    }

    [Fact]
    public void Whatever_happens_in_whatever_order_there_is_one_consumer_at_most_and_what_is_wanted_comes_true()
    {
        var random = new Random(19);
        for (var round = 0; round < 20_000; round++)
        {
            var attachment = new BranchAttachment(Branch.Path);
            var consumers = new HashSet<BranchConsumer>();
            (BranchAnnouncement? Attach, BranchConsumer? Detach)? work = null;
            var (isDue, isWanted, isForgotten) = (false, false, false);
            for (var step = 0; step < 30 && !isForgotten; step++)
                Step(random.Next(7));
            isWanted = true;
            if (!isForgotten && attachment.Want(Branch, out var isToDo) is not null)
                isDue |= isToDo;
            for (var step = 0; step < 20 && !isForgotten; step++)
                Step(step % 2 == 0 ? 2 : 3);

            Assert.True(isForgotten || consumers.Count == 1, $"round {round}: {consumers.Count} consumers");

            void Step(int kind)
            {
                switch (kind)
                {
                    case 0 or 1:
                        isWanted = kind == 0;
                        attachment.Want(isWanted ? Branch : null, out var isToDo);
                        isDue |= isToDo;
                        break;
                    case 2 when isDue && work is null:
                        work = attachment.Next();
                        break;
                    case 3 when work is var (attach, detach):
                        var consumer = attach is null ? null : NewConsumer();
                        if (consumer is not null)
                            consumers.Add(consumer);
                        if (detach is not null)
                            consumers.Remove(detach);
                        Assert.InRange(consumers.Count, 0, 1);
                        (isDue, isForgotten, _) = attachment.Done(consumer, detach);
                        work = null;
                        break;
                    case 4 when work is not null:
                        attachment.Failed("no", random.Next(4) == 0, new CommunicationFailureException("no"));
                        (work, isDue) = (null, attachment.TryBegin());
                        break;
                    case 5 when consumers.FirstOrDefault() is { } lost && attachment.Lost(lost):
                        consumers.Remove(lost);
                        isDue |= attachment.TryBegin();
                        break;
                }
            }
        }
    }

    private static BranchConsumer Attach(BranchAttachment attachment)
    {
        attachment.Want(Branch, out _);
        Assert.Equal((Branch, null), attachment.Next());
        var consumer = NewConsumer();
        attachment.Done(consumer, null);
        return consumer;
    }

    private static BranchConsumer NewConsumer() => new(null!, Branch, null!, new PublicContext(null!, null!), static _ => { });
}
