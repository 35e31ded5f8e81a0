namespace RabbitBridge.ContractTests;

/// <summary>The ways in which a handler ends a request.</summary>
public abstract class AnswersContract(IFabricWorld world) : FabricContract(world)
{
    private const string Secret = "the password is 12345";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_first_answer_counts_and_the_second_throws(bool local)
    {
        var (handler, sender) = await StartPairAsync(local);
        var held = new HoldingHandler();
        await handler.Messages.AddRequestHandlerAsync("a", (IRequestHandler<string, string>)held);
        var call = sender.AskAsync("a");
        var responder = (await held.ReceiveAsync()).Responder;

        responder.Respond("first");

        Assert.Throws<InvalidOperationException>(() => responder.Respond("second"));
        Assert.Throws<InvalidOperationException>(() => responder.Reject("third"));
        Assert.Equal("first", await call);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_rejection_reaches_the_sender_with_its_text(bool local)
    {
        var (handler, sender) = await StartPairAsync(local);
        var held = new HoldingHandler();
        await handler.Messages.AddRequestHandlerAsync("a", (IRequestHandler<string, string>)held);
        var call = sender.AskAsync("a");
        var responder = (await held.ReceiveAsync()).Responder;

        responder.Reject("not today: é");

        Assert.Throws<InvalidOperationException>(() => responder.Respond("too late"));
        var error = await Assert.ThrowsAsync<RejectedRequestException>(() => call);
        Assert.Equal("not today: é", error.Message);
        Assert.Equal(ErrorReason.RejectedRequest, error.Reason);
    }

    [Fact]
    public async Task A_function_rejects_by_throwing_the_rejection()
    {
        var (handler, sender) = await StartPairAsync(local: false);
        await handler.Messages.AddRequestHandlerAsync<string, string>("now", (_, _, _) => throw new RejectedRequestException("now"));
        await handler.Messages.AddRequestHandlerAsync<string, string>("later", async (_, _, _) =>
        {
            await Task.Yield();
            throw new RejectedRequestException("later");
        });

        foreach (var path in new[] { "now", "later" })
            Assert.Equal(path, (await Assert.ThrowsAsync<RejectedRequestException>(() => sender.AskAsync(path))).Message);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_handler_that_throws_ends_the_call_without_telling_why(bool local)
    {
        var (handler, sender) = await StartPairAsync(local);
        await handler.Messages.AddRequestHandlerAsync("class", new RespondingHandler<string, string>((_, _) => throw new FormatException(Secret)));
        await handler.Messages.AddRequestHandlerAsync<string, string>("function", (_, _, _) => throw new FormatException(Secret));
        await handler.Messages.AddRequestHandlerAsync<string, string>("async/function", async (_, _, _) =>
        {
            await Task.Yield();
            throw new FormatException(Secret);
        });

        foreach (var path in new[] { "class", "function", "async/function" })
        {
            var error = await Assert.ThrowsAsync<CallbackException>(() => sender.AskAsync(path));
            Assert.Equal(ErrorReason.CallbackException, error.Reason);
            Assert.DoesNotContain("12345", error.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain(nameof(FormatException), error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_handler_that_throws_after_its_answer_changes_nothing()
    {
        var (handler, sender) = await StartPairAsync(local: false);
        await handler.Messages.AddRequestHandlerAsync("a", new RespondingHandler<string, string>((_, responder) =>
        {
            responder.Respond("answered");
            throw new FormatException(Secret);
        }));

        for (var i = 0; i < 3; i++)
            Assert.Equal("answered", await sender.AskAsync("a"));
    }

    [Fact]
    public async Task A_handler_that_throws_in_OnClose_harms_nobody_else()
    {
        var (a, b) = await StartTwoAsync();
        var session = a.OpenSession();
        var other = new HoldingHandler();
        await session.Messages.AddRequestHandlerAsync("a", new ThrowingOnClose());
        await session.Messages.AddRequestHandlerAsync("b", (IRequestHandler<string, string>)other);
        session.Messages.SetRequestStream("c", (IRequestStream<string, string>)other);

        await session.CloseAsync();

        Assert.Equal(2, other.Closed);
        await Assert.ThrowsAsync<UnhandledMessageException>(() => b.OpenSession().AskAsync("a"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_answer_that_comes_after_the_timeout_is_ignored(bool local)
    {
        var (handler, sender) = await StartPairAsync(local);
        var held = new HoldingHandler();
        await handler.Messages.AddRequestHandlerAsync("a", (IRequestHandler<string, string>)held);
        var late = sender.AskAsync("a", "late", new RequestOptions { Timeout = TimeSpan.FromSeconds(2) });
        var responder = (await held.ReceiveAsync()).Responder;
        await Assert.ThrowsAsync<RequestTimeOutException>(() => late);

        responder.Respond("late");

        var next = sender.AskAsync("a", "next");
        (await held.ReceiveAsync(2)).Responder.Respond("in time");
        Assert.Equal("in time", await next);
    }

    private sealed class ThrowingOnClose : IRequestHandler<string, string>
    {
        public void OnRequest(string request, IRequestContext context, IResponder<string> responder) => responder.Respond("");

        public void OnClose() => throw new FormatException(Secret);
    }
}
