namespace RabbitBridge.ContractTests;

public abstract class RequestStreamsContract(IFabricWorld world) : FabricContract(world)
{
    // Calls that only the fabric's knowledge can end; a test gives up long before the default timeout would hide a mistake.
    private static readonly RequestOptions NoLimit = new() { Timeout = Timeout.InfiniteTimeSpan };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stream_answers_at_exactly_its_path(bool local)
    {
        var (receiver, sender) = await StartPairAsync(local);
        receiver.Messages.SetRequestStream<string, string>("/a/b/", (path, text, _) => new($"{path}:{text}"));

        Assert.Equal("a/b:hello", await sender.AskAsync(receiver.Id, "a/b", "hello"));
        Assert.Equal("a/b:hello", await sender.AskAsync(receiver.Id, "/a/b", "hello"));
        foreach (var other in new[] { "a", "a/b/c", "A/b", "a/bb" })
            await Assert.ThrowsAsync<UnhandledMessageException>(() => sender.AskAsync(receiver.Id, other));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_session_without_a_stream_for_the_path_is_named_in_the_error(bool local)
    {
        var (receiver, sender) = await StartPairAsync(local);

        var error = await Assert.ThrowsAsync<UnhandledMessageException>(
            () => sender.AskAsync(receiver.Id, "a/b", options: NoLimit).WaitAsync(Eventually.Limit));

        Assert.Equal($"Session {receiver.Id} has no registered streams for message sent to path 'a/b'", error.Message);
        Assert.Equal(ErrorReason.UnhandledMessage, error.Reason);
    }

    [Fact]
    public async Task A_session_that_is_nowhere_does_not_exist()
    {
        var (a, b) = await StartTwoAsync();
        var sender = b.OpenSession();
        var closed = a.OpenSession();
        await closed.CloseAsync();

        foreach (var id in new[] { new SessionId(b.Instance, 1), new SessionId(a.Instance, 1), new SessionId(12345, 1), default, closed.Id })
            await Assert.ThrowsAsync<NoSuchSessionException>(() => sender.AskAsync(id, "a", options: NoLimit).WaitAsync(Eventually.Limit));
    }

    [Fact]
    public async Task Setting_a_stream_gives_back_the_previous_one_and_closes_it()
    {
        var (receiver, sender) = await StartPairAsync(local: false);
        var (first, second) = (new HoldingHandler(), new HoldingHandler());

        Assert.Null(receiver.Messages.SetRequestStream("a", (IRequestStream<string, string>)first));
        Assert.Same(first, receiver.Messages.SetRequestStream("/a", (IRequestStream<string, string>)second));

        Assert.Equal((1, 0), (first.Closed, second.Closed));
        var call = sender.AskAsync(receiver.Id, "a");
        (await second.ReceiveAsync()).Responder.Respond("second");
        Assert.Equal("second", await call);
        Assert.Empty(first.Requests);
    }

    [Fact]
    public async Task Removing_a_stream_gives_it_back_and_closes_it()
    {
        var (receiver, sender) = await StartPairAsync(local: false);
        var stream = new HoldingHandler();
        receiver.Messages.SetRequestStream("a", (IRequestStream<string, string>)stream);

        Assert.Null(receiver.Messages.RemoveRequestStream("b"));
        Assert.Same(stream, receiver.Messages.RemoveRequestStream("/a/"));

        Assert.Equal(1, stream.Closed);
        Assert.Null(receiver.Messages.RemoveRequestStream("a"));
        await Assert.ThrowsAsync<UnhandledMessageException>(() => sender.AskAsync(receiver.Id, "a"));
        await receiver.CloseAsync();
        Assert.Equal(1, stream.Closed);
    }

    [Fact]
    public async Task A_stream_is_told_once_that_its_session_is_closed()
    {
        var (receiver, sender) = await StartPairAsync(local: false);
        var (one, two) = (new HoldingHandler(), new HoldingHandler());
        receiver.Messages.SetRequestStream("a", (IRequestStream<string, string>)one);
        receiver.Messages.SetRequestStream("b", (IRequestStream<string, string>)two);

        await Task.WhenAll(receiver.CloseAsync(), receiver.CloseAsync());
        await receiver.DisposeAsync();

        Assert.Equal((1, 1), (one.Closed, two.Closed));
        await Assert.ThrowsAsync<NoSuchSessionException>(() => sender.AskAsync(receiver.Id, "a"));
    }

    [Fact]
    public async Task A_session_may_send_to_itself()
    {
        var session = (await StartGatewayAsync("a")).OpenSession();
        session.Messages.SetRequestStream<string, string>("a", (_, text, _) => new($"self:{text}"));

        Assert.Equal("self:hello", await session.AskAsync(session.Id, "a", "hello"));
    }

    [Fact]
    public async Task Handlers_and_streams_do_not_take_each_others_requests()
    {
        var (receiver, sender) = await StartPairAsync(local: false);
        receiver.AnswerOnStream("stream", "stream");
        await receiver.AnswerAsync("handler", "handler");

        await Assert.ThrowsAsync<UnhandledMessageException>(() => sender.AskAsync("stream"));
        await Assert.ThrowsAsync<UnhandledMessageException>(() => sender.AskAsync(receiver.Id, "handler"));
        Assert.Equal("stream", await sender.AskAsync(receiver.Id, "stream"));
        Assert.Equal("handler", await sender.AskAsync("handler"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_a_stream_cannot_read_is_refused_and_the_stream_goes_on(bool local)
    {
        var (receiver, sender) = await StartPairAsync(local);
        var stream = new HoldingHandler();
        receiver.Messages.SetRequestStream("a", (IRequestStream<string, string>)stream);

        await Assert.ThrowsAsync<IncompatibleDatatypeException>(() => sender.Messages.SendRequestAsync<long, string>(receiver.Id, "a", 1));
        await Assert.ThrowsAsync<InvalidMessageDataException>(
            () => sender.Messages.SendRequestAsync(receiver.Id, "a", [0xFF], new RawDataType(ContentTypes.Text), DataTypes.Text));

        await Eventually.TrueAsync(() => stream.Errors.Count == 2, "the stream is told of both");
        // The sender is answered before the stream is told, on whichever thread is free.
        Assert.Equal([ErrorReason.InvalidData, ErrorReason.IncompatibleDatatype], stream.Errors.Order());
        var call = sender.AskAsync(receiver.Id, "a", "good");
        Assert.Equal("good", (await stream.ReceiveAsync()).Text);
        stream.AnswerAll("served");
        Assert.Equal("served", await call);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Streams_reject_and_fail_as_handlers_do(bool local)
    {
        var (receiver, sender) = await StartPairAsync(local);
        receiver.Messages.SetRequestStream<string, string>("reject", (_, _, _) => throw new RejectedRequestException("no"));
        receiver.Messages.SetRequestStream<string, string>("throw", async (_, _, _) =>
        {
            await Task.Yield();
            throw new FormatException("secret");
        });

        Assert.Equal("no", (await Assert.ThrowsAsync<RejectedRequestException>(() => sender.AskAsync(receiver.Id, "reject"))).Message);
        var error = await Assert.ThrowsAsync<CallbackException>(() => sender.AskAsync(receiver.Id, "throw"));
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }
}
