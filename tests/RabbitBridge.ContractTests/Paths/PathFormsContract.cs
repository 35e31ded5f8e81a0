namespace RabbitBridge.ContractTests;

/// <summary>Paths that mean something to a broker, or to nobody.</summary>
public abstract class PathFormsContract(IFabricWorld world) : FabricContract(world)
{
    public static TheoryData<string> SpecialPaths() =>
    [
        "ünïcödé/日本語/😀", "a.b/c.d", ".", "*", "a/*", "a/*/c", "#", "a/#", "a/#/c", "100%", "%2F", "%2E/%25", "with space/ x ",
        ">random/requestResponse", "a\\b", "\"quoted\"", "sys/$x", "~handler",
    ];

    public static TheoryData<string> IllegalPaths() => ["", "//", "///", "a//b", "//a", "a//", "a/\u0000", "line\nbreak", "a/\u007f", "\u0085"];

    [Theory]
    [MemberData(nameof(SpecialPaths))]
    public async Task Any_character_may_stand_in_a_path_and_means_only_itself(string path)
    {
        var (a, b) = await StartTwoAsync();
        await a.OpenSession().Messages.AddRequestHandlerAsync<string, string>(path, (_, context, _) => new(context.Path));
        await a.OpenSession().Messages.AddRequestHandlerAsync<string, string>("elsewhere", (_, context, _) => new("elsewhere"));

        foreach (var sender in new[] { a.OpenSession(), b.OpenSession() })
        {
            Assert.Equal(path, await sender.AskAsync(path));
            Assert.Equal($"{path}/x", await sender.AskAsync($"{path}/x"));
            Assert.Equal("elsewhere", await sender.AskAsync("elsewhere"));
            await Assert.ThrowsAsync<UnhandledMessageException>(() => sender.AskAsync("plain/b/c"));
            await Assert.ThrowsAsync<UnhandledMessageException>(() => sender.AskAsync("a/plain/c/d"));
        }
    }

    [Theory]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(60)]
    public async Task A_request_deeper_than_any_handler_reaches_the_deepest_one_above_it(int depth)
    {
        var (a, b) = await StartTwoAsync();
        var deepest = string.Join('/', Enumerable.Repeat("d", 16));
        await a.OpenSession().Messages.AddRequestHandlerAsync<string, string>("d/d/d", (_, context, _) => new($"3 {context.Path}"));
        var registration = await a.OpenSession().Messages.AddRequestHandlerAsync<string, string>(deepest, (_, context, _) => new($"16 {context.Path}"));
        var path = string.Join('/', Enumerable.Repeat("d", depth));

        foreach (var sender in new[] { a.OpenSession(), b.OpenSession() })
            Assert.Equal($"16 {path}", await sender.AskAsync(path));
        await registration.CloseAsync();
        foreach (var sender in new[] { a.OpenSession(), b.OpenSession() })
            Assert.Equal($"3 {path}", await sender.AskAsync(path));
    }

    [Fact]
    public async Task A_request_longer_than_a_routing_key_reaches_the_handlers_above_it()
    {
        var (a, b) = await StartTwoAsync();
        await a.OpenSession().Messages.AddRequestHandlerAsync<string, string>("a", (_, context, _) => new($"a {context.Path}"));
        await a.OpenSession().Messages.AddRequestHandlerAsync<string, string>("/", (_, context, _) => new($"/ {context.Path}"));
        var longSegment = new string('é', 300);

        foreach (var sender in new[] { a.OpenSession(), b.OpenSession() })
        {
            Assert.Equal($"a a/{longSegment}/x", await sender.AskAsync($"a/{longSegment}/x"));
            Assert.Equal($"/ {longSegment}/x", await sender.AskAsync($"{longSegment}/x"));
        }
    }

    [Theory]
    [InlineData(17, 1)]
    [InlineData(2, 200)]
    [InlineData(1, 254)]
    public async Task A_handler_that_is_too_deep_or_too_long_is_refused(int segments, int characters)
    {
        var (a, b) = await StartTwoAsync();
        var path = string.Join('/', Enumerable.Repeat(new string('x', characters), segments));
        var session = a.OpenSession();

        var error = await Assert.ThrowsAsync<InvalidPathException>(() => session.AnswerAsync(path, "never"));

        Assert.Equal(ErrorReason.InvalidPath, error.Reason);
        // Nothing of it is left: neither a route nor a claim on the path.
        Assert.Empty(a.Routes);
        await Assert.ThrowsAsync<InvalidPathException>(() => session.AnswerAsync(path, "never"));
        await Assert.ThrowsAsync<UnhandledMessageException>(() => b.OpenSession().AskAsync(path));
    }

    [Theory]
    [InlineData(16, 1)]
    [InlineData(1, 253)]
    [InlineData(16, 14)]
    public async Task A_handler_that_just_fits_is_reached(int segments, int characters)
    {
        var (a, b) = await StartTwoAsync();
        var path = string.Join('/', Enumerable.Repeat(new string('x', characters), segments));
        await a.OpenSession().AnswerAsync(path, "reached");

        Assert.Equal("reached", await b.OpenSession().AskAsync(path));
        Assert.Equal("reached", await b.OpenSession().AskAsync($"{path}/and/below"));
    }

    [Theory]
    [MemberData(nameof(IllegalPaths))]
    public async Task Illegal_paths_are_refused_for_sending_and_for_registering(string path)
    {
        var a = await StartGatewayAsync("a");
        var session = a.OpenSession();
        await session.AnswerAsync("/", "all");

        await Assert.ThrowsAsync<InvalidPathException>(() => session.AskAsync(path));
        await Assert.ThrowsAsync<InvalidPathException>(() => session.AskAsync(session.Id, path));
        await Assert.ThrowsAsync<InvalidPathException>(() => session.AnswerAsync(path, "never"));
        Assert.Throws<InvalidPathException>(() => session.AnswerOnStream(path, "never"));
        Assert.Throws<InvalidPathException>(() => session.Messages.RemoveRequestStream(path));
    }

    [Fact]
    public async Task Half_a_surrogate_pair_is_refused_since_it_would_arrive_as_something_else()
    {
        // Not among the cases above: the test runner itself would send something else.
        var session = (await StartGatewayAsync("a")).OpenSession();

        await Assert.ThrowsAsync<InvalidPathException>(() => session.AskAsync("a/\ud83d"));
        await Assert.ThrowsAsync<InvalidPathException>(() => session.AnswerAsync("a/\ud83d", "never"));
    }

    [Fact]
    public async Task Nobody_can_send_to_the_root()
    {
        var a = await StartGatewayAsync("a");
        var session = a.OpenSession();
        await session.AnswerAsync("/", "all");

        await Assert.ThrowsAsync<InvalidPathException>(() => session.AskAsync("/"));
        await Assert.ThrowsAsync<InvalidPathException>(() => session.AskAsync(session.Id, "/"));
        Assert.Equal("all", await session.AskAsync("x"));
    }
}
