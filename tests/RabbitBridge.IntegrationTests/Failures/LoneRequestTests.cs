using RabbitBridge.ContractTests;
using RabbitBridge.Fabric;
using RabbitBridge.RabbitMq.Frames;
using RabbitBridge.RabbitMq.Links;

namespace RabbitBridge.IntegrationTests.Failures;

/// <summary>
/// A request that is alone on its link goes without a confirm, and so does its answer: should a full inbox drop either, the sender
/// asks, and nobody waits for the whole time of the request.
/// </summary>
[Collection(BrokerGroup.Name)]
public sealed class LoneRequestTests(BrokerFixture broker) : BrokerTest(broker)
{
    [Fact]
    public async Task A_lone_request_goes_without_a_confirm_and_others_beside_it_with()
    {
        var (gateway, peer) = await StartWithPeerAsync();
        var sender = gateway.OpenSession();

        var first = sender.AskAsync("peer", "first");
        var (lone, from, isConfirmed) = await ReceiveAsync(peer, 1);
        Assert.False(isConfirmed);
        var second = sender.AskAsync("peer", "second");
        var beside = await ReceiveAsync(peer, 2);
        Assert.True(beside.IsConfirmed);

        await peer.SendAsync(from, frame =>
        {
            foreach (var id in new[] { lone.Id, beside.Request.Id })
                FrameWriter.Write(frame, Text(id, "answer"));
        });
        Assert.Equal(["answer", "answer"], await Task.WhenAll(first, second));
    }

    [Fact]
    public async Task Whoever_waits_for_a_lost_answer_is_told_long_before_the_time_is_over()
    {
        var (gateway, peer) = await StartWithPeerAsync();

        var asked = gateway.OpenSession().AskAsync("peer", options: new RequestOptions { Timeout = TimeSpan.FromMinutes(5) });
        var (request, from, _) = await ReceiveAsync(peer, 1);
        await Eventually.TrueAsync(() => !peer.Inquiries.IsEmpty, "the sender asks after its request");
        // Without a confirm, as the request: it must not overtake it on another channel.
        Assert.Equal((request.Id, false), peer.Inquiries.First());
        await peer.SendAsync(from, frame => FrameWriter.Write(frame, ResponseEnvelope.Failed(request.Id, ErrorReason.CommunicationFailure, "not here")));

        await Assert.ThrowsAsync<CommunicationFailureException>(() => asked);
    }

    [Fact]
    public async Task A_slow_answer_is_asked_after_again_and_again_and_counts_when_it_comes()
    {
        var (gateway, peer) = await StartWithPeerAsync();

        var asked = gateway.OpenSession().AskAsync("peer");
        var (request, from, _) = await ReceiveAsync(peer, 1);
        await Eventually.TrueAsync(() => peer.Inquiries.Count >= 3, "the sender asks three times");
        await peer.SendAsync(from, frame => FrameWriter.Write(frame, Text(request.Id, "late")));

        Assert.Equal("late", await asked);
        var inquiries = peer.Inquiries.Count;
        Assert.Equal("late", await AnswerNextAsync(gateway, peer, "late"));
        Assert.True(peer.Inquiries.Count <= inquiries + 1, "an answered request is asked after");
    }

    [Fact]
    public async Task A_gateway_that_has_a_request_says_nothing_and_answers_without_a_confirm()
    {
        var (gateway, peer) = await StartWithPeerAsync();
        var handler = new HoldingHandler();
        await gateway.OpenSession().Messages.AddRequestHandlerAsync("held", handler, DataTypes.Text, DataTypes.Text);

        await peer.SendAsync(Inbox(gateway), frame => FrameWriter.Write(frame, Request(11)));
        var held = await handler.ReceiveAsync();
        foreach (var id in new[] { 11L, 12L })
            await peer.SendAsync(Inbox(gateway), frame => FrameWriter.Write(frame, new InquiryMessage(id)));
        await Eventually.TrueAsync(() => !peer.Responses.IsEmpty, "the inquiry for what never came is answered");
        await IdleAsync(gateway, peer, "that answer is confirmed");
        held.Responder.Respond("answer");
        await Eventually.TrueAsync(() => peer.Responses.Count == 2, "the answer has come");

        var (unknown, answer) = (peer.Responses.First(), peer.Responses.Last());
        Assert.Equal((12, ErrorReason.CommunicationFailure, false), (unknown.Response.Id, unknown.Response.Error, unknown.IsConfirmed));
        Assert.Equal((11L, null, false), (answer.Response.Id, answer.Response.Error, answer.IsConfirmed));
    }

    [Fact]
    public async Task Of_an_answer_that_is_confirmed_nobody_is_told_that_it_is_lost()
    {
        await using var proxy = new AmqpProxy(Rabbit.Options.Uri);
        await using var gateway = RabbitMqGateway.Create(
            Quiet(new GatewayOptions { Name = "behind", DrainTimeout = TimeSpan.Zero }),
            new RabbitMqOptions { Uri = proxy.Uri, Prefix = Rabbit.Options.Prefix, FramesInFlight = 16 },
            logger: Log);
        await gateway.StartAsync();
        var peer = await MeetPeerAsync(gateway);
        await gateway.OpenSession().AnswerAsync("held", "answer");
        await IdleAsync(gateway, peer, "the peer knows the branch");
        // A frame that stays unconfirmed: whatever else goes to the peer is then confirmed as well.
        proxy.KeepsConfirms = true;
        Task<string>[] asked = [gateway.OpenSession().AskAsync("peer", "first"), gateway.OpenSession().AskAsync("peer", "second")];
        await ReceiveAsync(peer, 2);

        await peer.SendAsync(Inbox(gateway), frame => FrameWriter.Write(frame, Request(11)));
        await Eventually.TrueAsync(() => !peer.Responses.IsEmpty, "the answer has come");
        await peer.SendAsync(Inbox(gateway), frame => FrameWriter.Write(frame, new InquiryMessage(11)));
        await peer.SendAsync(Inbox(gateway), frame => FrameWriter.Write(frame, Request(12)));
        await Eventually.TrueAsync(() => peer.Responses.Any(response => response.Response.Id == 12), "the next answer has come");

        Assert.Equal([(11L, true), (12L, true)], peer.Responses.Select(response => (response.Response.Id, response.IsConfirmed)));
        proxy.CutAll();
        await Task.WhenAll(asked.Select(request => Assert.ThrowsAsync<CommunicationFailureException>(() => request)));
    }

    [Fact]
    public async Task A_request_that_was_passed_on_is_known_where_it_came_first()
    {
        var (gateway, peer) = await StartWithPeerAsync();

        // No handler here: it goes back to where the path leads.
        await peer.SendAsync(Inbox(gateway), frame => FrameWriter.Write(frame, Request(21) with { Path = MessagePath.Parse("peer/deep"), Depth = 2 }));
        var (relayed, from, _) = await ReceiveAsync(peer, 1);
        foreach (var id in new[] { 21L, 22L })
            await peer.SendAsync(Inbox(gateway), frame => FrameWriter.Write(frame, new InquiryMessage(id)));
        await Eventually.TrueAsync(() => !peer.Responses.IsEmpty, "the inquiry for what never came is answered");
        await peer.SendAsync(from, frame => FrameWriter.Write(frame, Text(relayed.Id, "answer")));
        await Eventually.TrueAsync(() => peer.Responses.Count == 2, "the answer has come back");

        Assert.Equal([22L, 21L], peer.Responses.Select(response => response.Response.Id));
        Assert.Null(peer.Responses.Last().Response.Error);
    }

    [Fact]
    public async Task A_lone_request_to_an_inbox_that_is_gone_goes_where_its_path_leads_then()
    {
        var (gateway, peer) = await StartWithPeerAsync();
        await gateway.OpenSession().AnswerAsync("/", "the root's");
        await peer.DieAsync();

        Assert.Equal("the root's", await gateway.OpenSession().AskAsync("peer"));
    }

    private async Task<(IGateway Gateway, NativePeer Peer)> StartWithPeerAsync()
    {
        var gateway = await StartGatewayAsync("a", options => Quiet(options));
        return (gateway, await MeetPeerAsync(gateway));
    }

    // The peer says nothing by itself; a probe of its silence would be a frame beside others.
    private static GatewayOptions Quiet(GatewayOptions options)
    {
        options.HeartbeatInterval = TimeSpan.FromMinutes(1);
        options.PresenceLimit = TimeSpan.FromMinutes(5);
        return options;
    }

    private async Task<NativePeer> MeetPeerAsync(IGateway gateway)
    {
        var peer = await NativePeer.OpenAsync(Rabbit.Options.Uri, Names);
        Own(peer);
        await peer.AnnounceAsync(Inbox(gateway), "peer");
        await Eventually.TrueAsync(() => gateway.Routes.Any(route => route.Path == "peer"), "the gateway knows the peer's branch");
        await IdleAsync(gateway, peer, "what the gateway told the peer is confirmed");
        return peer;
    }

    // Beside an unconfirmed frame nothing is alone, and so would be confirmed as well.
    private static async Task IdleAsync(IGateway gateway, NativePeer peer, string what)
    {
        var link = (RabbitMqLink)RabbitMqWorld.Fabric(gateway).CurrentEpoch!.Links.Link(peer.Address);
        await Eventually.TrueAsync(() => !link.IsBusy, what);
    }

    private static async Task<(RequestEnvelope Request, string From, bool IsConfirmed)> ReceiveAsync(NativePeer peer, int count)
    {
        await Eventually.TrueAsync(() => peer.Requests.Count >= count, $"request number {count} has reached the peer");
        return peer.Requests.ElementAt(count - 1);
    }

    private static async Task<string> AnswerNextAsync(IGateway gateway, NativePeer peer, string text)
    {
        var count = peer.Requests.Count + 1;
        var asked = gateway.OpenSession().AskAsync("peer");
        var (request, from, _) = await ReceiveAsync(peer, count);
        await peer.SendAsync(from, frame => FrameWriter.Write(frame, Text(request.Id, text)));
        return await asked;
    }

    private static ResponseEnvelope Text(long id, string text) => new() { Id = id, ContentType = ContentTypes.Text, Payload = Utf8(text) };

    private static RequestEnvelope Request(long id) => new()
    {
        Id = id,
        Path = MessagePath.Parse("held"),
        Depth = 1,
        ContentType = ContentTypes.Text,
        Payload = Utf8("question"),
        RemainingMilliseconds = 60_000,
    };
}
