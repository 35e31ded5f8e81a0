using System.Text;
using RabbitBridge.ContractTests;
using RabbitBridge.Fabric;
using RabbitBridge.RabbitMq.Frames;

namespace RabbitBridge.IntegrationTests.Failures;

/// <summary>Requests that come to a gateway for a handler that has just left, and are passed on, end as others do.</summary>
[Collection(BrokerGroup.Name)]
public sealed class PassedOnTests(BrokerFixture broker) : BrokerTest(broker)
{
    private const long Id = 4711;

    [Fact]
    public async Task Whoever_gives_it_up_has_the_next_handler_told_D13()
    {
        var (passer, _, peer, held) = await PassOnAsync();
        await using var _1 = peer;
        var token = (await held.ReceiveAsync()).Responder.CancellationToken;

        await peer.SendAsync(Inbox(passer), frame => FrameWriter.Write(frame, new CancelMessage(Id)));

        await Eventually.TrueAsync(() => token.IsCancellationRequested, "the next handler's token is cancelled");
        await Eventually.TrueAsync(() => passer.PendingRequests == 0, "nothing is pending where it was passed on");
    }

    [Fact]
    public async Task The_loss_of_whoever_sent_it_has_the_next_handler_told_D13()
    {
        var (_, _, peer, held) = await PassOnAsync();
        var token = (await held.ReceiveAsync()).Responder.CancellationToken;

        await peer.BroadcastAsync(PresenceKind.Goodbye);
        await peer.DieAsync();

        await Eventually.TrueAsync(() => token.IsCancellationRequested, "the next handler's token is cancelled");
    }

    [Fact]
    public async Task The_loss_of_the_connection_has_the_next_handler_told_D13()
    {
        var (passer, _, peer, held) = await PassOnAsync();
        await using var _1 = peer;
        var token = (await held.ReceiveAsync()).Responder.CancellationToken;

        await Rabbit.ReconnectAsync(passer);

        await Eventually.TrueAsync(() => token.IsCancellationRequested, "the next handler's token is cancelled");
    }

    [Fact]
    public async Task It_ends_when_its_time_is_over_though_the_next_handler_is_silent_D13()
    {
        var (_, _, peer, held) = await PassOnAsync(milliseconds: 2000);
        await using var _1 = peer;
        await held.ReceiveAsync();

        await Eventually.TrueAsync(() => !peer.Responses.IsEmpty, "an answer");

        Assert.Equal(ErrorReason.RequestTimeOut, Assert.Single(peer.Responses).Response.Error);
    }

    [Fact]
    public async Task A_gateway_that_is_stopped_waits_for_its_answer()
    {
        var (passer, _, peer, held) = await PassOnAsync(configure: static options => options.DrainTimeout = Eventually.Limit);
        await using var _1 = peer;
        await held.ReceiveAsync();

        var stopping = passer.StopAsync();
        // It serves as before, and goes on to do so: what comes still is passed on as well.
        const int More = 20;
        for (var i = 1; i <= More; i++)
        {
            await peer.SendAsync(Inbox(passer), frame => FrameWriter.Write(frame, Request("a", depth: 1) with { Id = Id + i }));
            await Task.WhenAny(held.ReceiveAsync(i + 1), stopping);
            Assert.False(stopping.IsCompleted);
        }

        Assert.Null(peer.AnsweredBeforeGoodbye);
        held.AnswerAll("answer");
        await stopping;
        await Eventually.TrueAsync(() => peer.AnsweredBeforeGoodbye is not null, "the goodbye");
        Assert.Equal(More + 1, peer.AnsweredBeforeGoodbye);
        Assert.All(peer.Responses, response => Assert.Null(response.Response.Error));
    }

    [Theory]
    [InlineData(true, "less specific")]
    [InlineData(false, "ClusterRouting")]
    public async Task A_request_without_what_the_handler_asks_for_does_not_reach_it_D19(bool isAnotherHere, string expected)
    {
        var gateway = await StartGatewayAsync("a");
        var handler = gateway.OpenSession();
        if (isAnotherHere)
            await handler.AnswerAsync("a", "less specific");
        await handler.Messages.AddRequestHandlerAsync<string, string>(
            "a/b", (_, _, _) => throw new InvalidOperationException("It has no principal."), new RequestHandlerOptions { SessionProperties = [SessionProperty.Principal] });
        await using var peer = await NativePeer.OpenAsync(Rabbit.Options.Uri, Names);

        await peer.SendAsync(Inbox(gateway), frame => FrameWriter.Write(frame, Request("a/b", depth: 1)));

        await Eventually.TrueAsync(() => !peer.Responses.IsEmpty, "an answer");
        var response = Assert.Single(peer.Responses).Response;
        Assert.Equal(expected, isAnotherHere ? Encoding.UTF8.GetString(response.Payload.Span) : response.Error.ToString());
    }

    /// <summary>A peer's request to a gateway that has no handler for it, and passes it on to one that has.</summary>
    private async Task<(IGateway Passer, IGateway Next, NativePeer Peer, HoldingHandler Held)> PassOnAsync(int milliseconds = 0, Action<GatewayOptions>? configure = null)
    {
        var (passer, next) = await StartTwoWhoMeetAsync(configure);
        var held = new HoldingHandler();
        await next.OpenSession().Messages.AddRequestHandlerAsync("a", (IRequestHandler<string, string>)held);
        var peer = await NativePeer.OpenAsync(Rabbit.Options.Uri, Names);
        await peer.AnnounceAsync(Inbox(passer), "peers/own");
        await peer.SendAsync(Inbox(passer), frame => FrameWriter.Write(frame, Request("a", depth: 1) with { RemainingMilliseconds = milliseconds }));
        return (passer, next, peer, held);
    }

    private static RequestEnvelope Request(string path, int depth) => new()
    {
        Id = Id,
        Path = MessagePath.Parse(path),
        Depth = depth,
        ContentType = ContentTypes.Text,
        Payload = Utf8("x"),
    };
}
