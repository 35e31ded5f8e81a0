using RabbitBridge.RabbitMq.Links;
using RabbitBridge.RabbitMq.Publishing;

namespace RabbitBridge.UnitTests.Publishing;

public sealed class SendBudgetTests
{
    private const int Limit = 1024 * 1024;

    [Fact]
    public void A_budget_takes_what_fits_and_one_that_is_larger_alone()
    {
        var budget = new SendBudget(100);

        Assert.True(budget.TryTake(60));
        Assert.False(budget.TryTake(60));
        Assert.True(budget.TryTake(40));
        budget.GiveBack(60);
        budget.GiveBack(40);
        Assert.True(budget.TryTake(1000));
        Assert.False(budget.TryTake(1));
        budget.GiveBack(1000);
        Assert.Equal(0, budget.Taken);
    }

    [Fact]
    public void A_link_gets_half_and_the_last_bytes_too()
    {
        var budget = new SendBudget(Limit);
        var (one, other) = (new LinkBudget(budget), new LinkBudget(budget));

        Assert.True(one.TryTake(Limit / 2));
        Assert.False(one.TryTake(1));
        Assert.True(other.TryTake((Limit / 2) - 10));
        Assert.True(other.TryTake(10));
        Assert.False(new LinkBudget(budget).TryTake(1));
        one.GiveBack(Limit / 2);
        Assert.True(one.TryTake(1));
    }

    [Fact]
    public void Links_that_take_and_give_back_at_random_stay_within_it_and_leave_nothing_behind()
    {
        var random = new Random(20_261_129);
        var budget = new SendBudget(Limit);
        var links = Enumerable.Range(0, 5).Select(_ => (Budget: new LinkBudget(budget), Held: new Queue<int>())).ToArray();
        for (var step = 0; step < 100_000; step++)
        {
            var (link, held) = links[random.Next(links.Length)];
            var bytes = random.Next(1, 40_000);
            if (random.Next(2) == 0 && link.TryTake(bytes))
                held.Enqueue(bytes);
            else if (held.TryDequeue(out var oldest))
                link.GiveBack(oldest);
            Assert.InRange(links.Sum(each => each.Held.Sum()), 0, budget.Taken);
            Assert.InRange(budget.Taken, 0, Limit);
            Assert.All(links, each => Assert.InRange(each.Held.Sum(), 0, Limit / 2));
        }

        foreach (var (link, held) in links)
        {
            while (held.TryDequeue(out var bytes))
                link.GiveBack(bytes);
        }

        Assert.Equal(0, budget.Taken);
    }
}
