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
}
