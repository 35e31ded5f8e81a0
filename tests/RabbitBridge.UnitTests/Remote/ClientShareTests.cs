using CsCheck;
using RabbitBridge.Remote;

namespace RabbitBridge.UnitTests.Remote;

public sealed class ClientShareTests
{
    [Fact]
    public void What_clients_cost_is_told_to_within_8_KiB_for_each_and_not_at_all_when_they_are_gone() =>
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 20_000]).Array[1, 100].Sample(
            steps =>
            {
                var room = new ClientRoom(long.MaxValue, () => 1);
                var shares = Enumerable.Range(0, 4).Select(_ => new ClientShare(room, int.MaxValue, long.MaxValue, long.MaxValue)).ToArray();
                var costs = new long[4];
                foreach (var (client, amount) in steps)
                {
                    // All of it back, now and then.
                    var change = amount % 3 == 0 ? -costs[client] : amount;
                    costs[client] += change;
                    shares[client].Add(change);
                    Assert.Equal(costs[client], shares[client].Bytes);
                    Assert.InRange(room.Taken, costs.Sum() - (4 * 8192), costs.Sum() + (4 * 8192));
                }

                foreach (var share in shares)
                {
                    share.End();
                    share.Add(100_000);
                }

                Assert.Equal(0, room.Taken);
            });

    [Fact]
    public void Threads_that_count_for_the_same_client_lose_nothing()
    {
        var room = new ClientRoom(long.MaxValue, () => 1);
        var share = new ClientShare(room, int.MaxValue, long.MaxValue, long.MaxValue);

        Parallel.For(0, 4, thread =>
        {
            var random = new Random(thread);
            for (var i = 0; i < 100_000; i++)
            {
                var bytes = random.Next(30_000);
                share.Add(bytes);
                share.Add(-bytes);
            }
        });

        Assert.Equal((0, 0), (share.Bytes, room.Taken));
    }
}
