namespace RabbitBridge.ContractTests;

public abstract class RequestsByPathContract : FabricContract
{
    [Fact]
    public async Task A_request_is_answered_by_a_handler_in_the_other_gateway()
    {
        var (a, b) = await StartTwoAsync();
        var handler = a.OpenSession(new SessionOptions { Principal = "handler" });
        var sender = b.OpenSession();
        await handler.Messages.AddRequestHandlerAsync<string, string>("a/b", (text, context, _) => new($"{context.Path}:{text}"));

        var response = await sender.Messages.SendRequestAsync<string, string>("a/b/c", "hello");

        Assert.Equal("a/b/c:hello", response);
    }

    [Fact]
    public async Task A_request_that_nobody_handles_fails_at_once()
    {
        var (_, b) = await StartTwoAsync();
        var sender = b.OpenSession();

        await Assert.ThrowsAsync<UnhandledMessageException>(() => sender.Messages.SendRequestAsync<string, string>("nobody/here", "hello"));
    }

    [Fact]
    public async Task The_most_specific_handler_answers_wherever_it_is()
    {
        var (a, b) = await StartTwoAsync();
        foreach (var (gateway, path) in new[] { (a, "/"), (b, "a"), (a, "a/b"), (b, "a/b/c") })
            await gateway.OpenSession().Messages.AddRequestHandlerAsync<string, string>(path, (_, _, _) => new(path));

        foreach (var sender in new[] { a.OpenSession(), b.OpenSession() })
        {
            Assert.Equal("/", await sender.Messages.SendRequestAsync<string, string>("other", ""));
            Assert.Equal("a", await sender.Messages.SendRequestAsync<string, string>("a/x", ""));
            Assert.Equal("a/b", await sender.Messages.SendRequestAsync<string, string>("a/b", ""));
            Assert.Equal("a/b/c", await sender.Messages.SendRequestAsync<string, string>("a/b/c/d/e", ""));
        }
    }
}
