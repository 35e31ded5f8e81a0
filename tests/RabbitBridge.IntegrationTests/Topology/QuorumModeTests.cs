using RabbitBridge.ContractTests;

namespace RabbitBridge.IntegrationTests.Topology;

/// <summary>Handler queues that survive their node: they stay when nobody consumes, and must not swallow requests then.</summary>
[Collection(BrokerGroup.Name)]
public sealed class QuorumModeTests(BrokerFixture broker) : BrokerTest(broker, options => options.HandlerQueueType = HandlerQueueType.Quorum)
{
    [Fact]
    public async Task Requests_are_answered_and_a_path_that_everybody_has_left_is_unhandled_at_once()
    {
        var (a, b) = await StartTwoAsync();
        var client = await ConnectAsync();
        var sender = b.OpenSession();

        for (var i = 0; i < 3; i++)
        {
            var registration = await a.OpenSession().AnswerAsync("a", "answer");
            Assert.Equal("answer", await sender.AskAsync("a/b"));
            Assert.Equal("answer", (await client.CallAsync(Names.Request, "a.b", Utf8(""), properties => properties.ContentType = ContentTypes.Text)).Text);

            await registration.CloseAsync();
            Assert.False(await client.PublishAsync(Names.Request, "a.b", default));
            await Assert.ThrowsAsync<UnhandledMessageException>(() => sender.AskAsync("a/b"));
        }
    }

    [Fact]
    public async Task A_handler_that_leaves_does_not_take_the_branch_from_another_one()
    {
        var (a, b) = await StartTwoAsync();
        var client = await ConnectAsync();
        var leaving = await a.OpenSession().AnswerAsync("a", "leaving");
        await b.OpenSession().AnswerAsync("a", "staying");

        await leaving.CloseAsync();

        for (var i = 0; i < 10; i++)
            Assert.Equal("staying", (await client.CallAsync(Names.Request, "a", Utf8(""), properties => properties.ContentType = ContentTypes.Text)).Text);
    }
}
