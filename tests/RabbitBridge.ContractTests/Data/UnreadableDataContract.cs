using System.Text;

namespace RabbitBridge.ContractTests;

/// <summary>Requests and responses that the other side cannot read: whoever waits is told, and the handler goes on.</summary>
public abstract class UnreadableDataContract(IFabricWorld world) : FabricContract(world)
{
    private static readonly byte[] NotUtf8 = [0xC3, 0x28];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_request_of_an_incompatible_type_is_refused_and_reported_to_the_handler(bool local)
    {
        var (handler, sender) = await StartPairAsync(local);
        var held = new HoldingHandler();
        await handler.Messages.AddRequestHandlerAsync("text", (IRequestHandler<string, string>)held);

        await Assert.ThrowsAsync<IncompatibleDatatypeException>(() => sender.Messages.SendRequestAsync<long, string>("text", 1));

        await Eventually.TrueAsync(() => held.Errors.Contains(ErrorReason.IncompatibleDatatype), "the handler is told");
        Assert.Empty(held.Requests);
        await AssertStillServesAsync(sender, "text", held);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_request_whose_bytes_are_invalid_is_refused_and_reported_to_the_handler(bool local)
    {
        var (handler, sender) = await StartPairAsync(local);
        var held = new HoldingHandler();
        await handler.Messages.AddRequestHandlerAsync("text", (IRequestHandler<string, string>)held);

        await Assert.ThrowsAsync<InvalidMessageDataException>(
            () => sender.Messages.SendRequestAsync("text", NotUtf8, new RawDataType(ContentTypes.Text), DataTypes.Text));

        await Eventually.TrueAsync(() => held.Errors.Contains(ErrorReason.InvalidData), "the handler is told");
        Assert.Empty(held.Requests);
        await AssertStillServesAsync(sender, "text", held);
    }

    [Theory]
    [InlineData(ContentTypes.Json, "{\"a\":")]
    [InlineData(ContentTypes.Double, "NaN")]
    public async Task What_is_no_json_cannot_be_read_as_json(string contentType, string text)
    {
        var (handler, sender) = await StartPairAsync(local: false);
        await handler.Messages.AddRequestHandlerAsync<Dictionary<string, int>, string>("json", (_, _, _) => new("read"));

        await Assert.ThrowsAsync<InvalidMessageDataException>(
            () => sender.Messages.SendRequestAsync("json", Encoding.UTF8.GetBytes(text), new RawDataType(contentType), DataTypes.Text));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_response_of_an_incompatible_type_fails_the_call(bool local)
    {
        var (handler, sender) = await StartPairAsync(local);
        await handler.AnswerAsync("text", "not a number");

        await Assert.ThrowsAsync<IncompatibleDatatypeException>(() => sender.Messages.SendRequestAsync<string, long>("text", ""));
        // Json cannot be read as a primitive, though a primitive can be read as json.
        await handler.Messages.AddRequestHandlerAsync<string, bool>("json", (_, _, _) => new(true));
        await Assert.ThrowsAsync<IncompatibleDatatypeException>(() => sender.Messages.SendRequestAsync<string, string>("json", ""));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_response_whose_bytes_are_invalid_fails_the_call(bool local)
    {
        var (handler, sender) = await StartPairAsync(local);
        await handler.Messages.AddRequestHandlerAsync("text", new FunctionHandler<string, byte[]>(_ => NotUtf8), DataTypes.Text, new RawDataType(ContentTypes.Text));

        await Assert.ThrowsAsync<InvalidMessageDataException>(() => sender.AskAsync("text"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_response_that_cannot_be_written_ends_the_call_at_once(bool local)
    {
        var (handler, sender) = await StartPairAsync(local);
        await handler.Messages.AddRequestHandlerAsync<string, string>("null", (_, _, _) => new((string)null!));

        await Assert.ThrowsAsync<InvalidMessageDataException>(() => sender.AskAsync("null"));
    }

    [Fact]
    public async Task A_request_larger_than_allowed_is_not_sent()
    {
        var (handler, sender) = await StartPairAsync(local: false, options => options.MaxMessageBytes = 2048);
        await handler.Messages.AddRequestHandlerAsync<byte[], long>("size", (request, _, _) => new(request.Length));

        Assert.Equal(2048, await sender.Messages.SendRequestAsync<byte[], long>("size", new byte[2048]));
        await Assert.ThrowsAsync<InvalidMessageDataException>(() => sender.Messages.SendRequestAsync<byte[], long>("size", new byte[2049]));
    }

    [Fact]
    public async Task A_response_larger_than_allowed_fails_the_call_and_the_handler_sees_why()
    {
        var (handler, sender) = await StartPairAsync(local: false, options => options.MaxMessageBytes = 2048);
        var thrown = new TaskCompletionSource<Exception?>();
        await handler.Messages.AddRequestHandlerAsync(
            "size", new RespondingHandler<long, byte[]>((length, responder) => thrown.SetResult(Record.Exception(() => responder.Respond(new byte[length])))));

        await Assert.ThrowsAsync<InvalidMessageDataException>(() => sender.Messages.SendRequestAsync<long, byte[]>("size", 2049));
        Assert.IsType<InvalidMessageDataException>(await thrown.Task);

        thrown = new TaskCompletionSource<Exception?>();
        Assert.Equal(2048, (await sender.Messages.SendRequestAsync<long, byte[]>("size", 2048)).Length);
    }

    private static async Task AssertStillServesAsync(ISession sender, string path, HoldingHandler held)
    {
        var call = sender.AskAsync(path, "good");
        Assert.Equal("good", (await held.ReceiveAsync()).Text);
        held.AnswerAll("served");
        Assert.Equal("served", await call);
    }

    [Theory]
    [InlineData("cycle", "$.Next")]
    [InlineData("depth", "$.Next.Next")]
    [InlineData("json", "$.Names[1]")]
    [InlineData("text", "index 2")]
    [InlineData("thrown", "thrown by a test")]
    public async Task A_request_that_cannot_be_written_is_InvalidData_and_says_where_S34(string fault, string where)
    {
        var (_, sender) = await StartPairAsync(local: true);

        var error = await Assert.ThrowsAsync<InvalidMessageDataException>(() => fault == "text"
            ? sender.AskAsync("a", "ab\ud800")
            : sender.Messages.SendRequestAsync<Chain, string>("a", Unwritable(fault)));
        Assert.Contains(where, error.Message, StringComparison.OrdinalIgnoreCase);

        error = await Assert.ThrowsAsync<InvalidMessageDataException>(() => fault == "text"
            ? sender.Messages.SendRequestToFilterAsync("all", "a", "ab\ud800", new CollectingCallback())
            : sender.Messages.SendRequestToFilterAsync("all", "a", Unwritable(fault), new CollectingCallback()));
        Assert.Contains(where, error.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("cycle", "$.Next")]
    [InlineData("depth", "$.Next.Next")]
    [InlineData("json", "$.Names[1]")]
    [InlineData("thrown", "thrown by a test")]
    public async Task A_response_that_cannot_be_written_is_InvalidData_at_both_sides_S34(string fault, string where)
    {
        var (handler, sender) = await StartPairAsync(local: false);
        var thrown = new TaskCompletionSource<Exception?>();
        await handler.Messages.AddRequestHandlerAsync(
            "a", new RespondingHandler<string, Chain>((_, responder) => thrown.SetResult(Record.Exception(() => responder.Respond(Unwritable(fault))))));

        var error = await Assert.ThrowsAsync<InvalidMessageDataException>(() => sender.AskAsync("a"));

        Assert.Contains(where, error.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(where, Assert.IsType<InvalidMessageDataException>(await thrown.Task).Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task What_a_data_type_throws_when_it_reads_is_InvalidData_S34()
    {
        var (handler, sender) = await StartPairAsync(local: false);
        var held = new HoldingHandler();
        await handler.Messages.AddRequestHandlerAsync("a", held, new UnreadableDataType(), DataTypes.Text);
        await handler.AnswerAsync("b", "answer");

        await Assert.ThrowsAsync<InvalidMessageDataException>(() => sender.AskAsync("a"));
        await Eventually.TrueAsync(() => held.Errors.Contains(ErrorReason.InvalidData), "the handler is told");
        await Assert.ThrowsAsync<InvalidMessageDataException>(() => sender.Messages.SendRequestAsync("b", "", DataTypes.Text, new UnreadableDataType()));
    }

    [Fact]
    public async Task Text_and_json_that_begin_with_a_byte_order_mark_are_read_S3()
    {
        var (handler, sender) = await StartPairAsync(local: false);
        await handler.Messages.AddRequestHandlerAsync(
            "json", new FunctionHandler<Dictionary<string, int>, byte[]>(request => Marked($"{{\"b\":{request["a"]}}}")), DataTypes.For<Dictionary<string, int>>(), new RawDataType(ContentTypes.Json));
        await handler.Messages.AddRequestHandlerAsync("text", new FunctionHandler<string, byte[]>(Marked), DataTypes.Text, new RawDataType(ContentTypes.Text));

        var json = await sender.Messages.SendRequestAsync("json", Marked("{\"a\":1}"), new RawDataType(ContentTypes.Json), DataTypes.For<Dictionary<string, int>>());
        var text = await sender.Messages.SendRequestAsync("text", Marked("x"), new RawDataType(ContentTypes.Text), DataTypes.Text);

        Assert.Equal((1, "x"), (json["b"], text));
        // As text of the application's own it is no mark, and arrives.
        Assert.Equal("\ufeffy", await sender.AskAsync("text", "\ufeffy"));
    }

    private static byte[] Marked(string text) => [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(text)];

    private static Chain Unwritable(string fault)
    {
        var chain = new Chain();
        if (fault == "cycle")
            chain.Next = chain;
        else if (fault == "depth")
            chain.Next = Enumerable.Range(0, 100).Aggregate(new Chain(), (next, _) => new Chain { Next = next });
        else if (fault == "json")
            chain.Names = ["\ufffd \\ufffd", "ab\ud800"];
        else
            chain.Throws = true;
        return chain;
    }

    private sealed class Chain
    {
        public Chain? Next { get; set; }

        public IReadOnlyList<string> Names { get; set; } = [];

        public bool Throws { get; set; }

        public string Value => Throws ? throw new InvalidOperationException("thrown by a test") : string.Empty;
    }

    private sealed class UnreadableDataType : DataType<string>
    {
        public override string ContentType => ContentTypes.Text;

        public override void Write(string value, System.Buffers.IBufferWriter<byte> writer) => DataTypes.Text.Write(value, writer);

        public override string Read(string contentType, ReadOnlyMemory<byte> bytes) => throw new InvalidOperationException("thrown by a test");
    }
}
