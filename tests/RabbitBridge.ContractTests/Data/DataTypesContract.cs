using System.Text.Json;

namespace RabbitBridge.ContractTests;

public abstract class DataTypesContract(IFabricWorld world) : FabricContract(world)
{
    private static readonly double[] Doubles =
        [0, -0.0, 1.5, -1e300, double.Epsilon, double.MaxValue, double.NaN, double.PositiveInfinity, double.NegativeInfinity];

    private ISession _handler = null!;
    private ISession _sender = null!;

    public override async Task InitializeAsync() => (_handler, _sender) = await StartPairAsync(local: false);

    [Fact]
    public async Task Json_records_arrive_as_they_were_sent()
    {
        var order = new Order("A-1", 3, [new Line("bolt", 12.5m), new Line("nut \"M8\" é", 0)], null);
        await _handler.Messages.AddRequestHandlerAsync<Order, Order>("json", (request, _, _) => new(request with { Count = request.Count + 1 }));

        var answer = await _sender.Messages.SendRequestAsync<Order, Order>("json", order);

        Assert.Equal(4, answer.Count);
        Assert.Equal(JsonSerializer.Serialize(order with { Count = 4 }), JsonSerializer.Serialize(answer));
    }

    [Theory]
    [InlineData("")]
    [InlineData("plain")]
    [InlineData("\u0000\u0001\r\n\t é 日本語 😀")]
    public Task Strings_arrive_as_they_were_sent(string text) => RoundTripAsync(text, DataTypes.Text);

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    public Task Int64s_arrive_as_they_were_sent(long number) => RoundTripAsync(number, DataTypes.Int64);

    [Fact]
    public async Task Doubles_arrive_as_they_were_sent_to_the_last_bit()
    {
        await _handler.Messages.AddRequestHandlerAsync<double, double>("double", (request, _, _) => new(request));

        foreach (var number in Doubles)
        {
            var answer = await _sender.Messages.SendRequestAsync<double, double>("double", number);
            Assert.Equal(BitConverter.DoubleToInt64Bits(number), BitConverter.DoubleToInt64Bits(answer));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100_000)]
    [InlineData(3_000_000)]
    public async Task Bytes_arrive_as_they_were_sent(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);

        await RoundTripAsync(bytes, DataTypes.ByteArray);
        await RoundTripAsync<ReadOnlyMemory<byte>>(bytes, DataTypes.Binary, (expected, actual) => expected.Span.SequenceEqual(actual.Span));
        await RoundTripAsync<ReadOnlyMemory<byte>>(bytes, DataTypes.MessagePack, (expected, actual) => expected.Span.SequenceEqual(actual.Span));
    }

    [Fact]
    public async Task Records_arrive_as_they_were_sent()
    {
        await RoundTripAsync(new RecordV2(), DataTypes.RecordV2);
        await RoundTripAsync(new RecordV2([]), DataTypes.RecordV2);
        await RoundTripAsync(new RecordV2(["a", "", "é😀"], [], [""]), DataTypes.RecordV2);
    }

    [Fact]
    public async Task The_data_type_follows_from_the_dotnet_type()
    {
        await _handler.Messages.AddRequestHandlerAsync("type", new FunctionHandler<string, string>(request => request), new ContentTypeSpy(), DataTypes.Text);

        Assert.Equal(ContentTypes.Text, await AskAsync("text"));
        Assert.Equal(ContentTypes.Int64, await AskAsync(1L));
        Assert.Equal(ContentTypes.Double, await AskAsync(1.0));
        Assert.Equal(ContentTypes.Binary, await AskAsync(new byte[] { 1 }));
        Assert.Equal(ContentTypes.Binary, await AskAsync<ReadOnlyMemory<byte>>(new byte[] { 1 }));
        Assert.Equal(ContentTypes.RecordV2, await AskAsync(new RecordV2(["a"])));
        Assert.Equal(ContentTypes.Json, await AskAsync(new Order("A", 1, [], null)));
        Assert.Equal(ContentTypes.Json, await AskAsync(true));
        Assert.Equal(ContentTypes.Json, await AskAsync(1));

        async Task<string> AskAsync<T>(T value) => await _sender.Messages.SendRequestAsync<T, string>("type", value);
    }

    [Fact]
    public async Task Int64_string_and_double_can_be_read_as_json()
    {
        await _handler.Messages.AddRequestHandlerAsync<JsonElement, JsonElement>("json", (request, _, _) => new(request));

        Assert.Equal("-42", (await _sender.Messages.SendRequestAsync<long, JsonElement>("json", -42)).GetRawText());
        Assert.Equal("say \"é\"", (await _sender.Messages.SendRequestAsync<string, JsonElement>("json", "say \"é\"")).GetString());
        Assert.Equal(1.5e300, (await _sender.Messages.SendRequestAsync<double, JsonElement>("json", 1.5e300)).GetDouble());
    }

    [Fact]
    public async Task A_response_can_be_of_another_type_than_its_request()
    {
        await _handler.Messages.AddRequestHandlerAsync<string, long>("length", (request, _, _) => new(request.Length));

        Assert.Equal(5, await _sender.Messages.SendRequestAsync<string, long>("length", "hello"));
        // Without looking into it: whoever wants the bytes gets the digits.
        Assert.Equal("5"u8.ToArray(), await _sender.Messages.SendRequestAsync<string, byte[]>("length", "hello"));
    }

    [Fact]
    public async Task A_content_type_that_RabbitBridge_does_not_know_travels_all_the_same()
    {
        await _handler.Messages.AddRequestHandlerAsync("type", new FunctionHandler<string, string>(request => request), new ContentTypeSpy(), DataTypes.Text);

        var answer = await _sender.Messages.SendRequestAsync("type", [1, 2, 3], new RawDataType("image/x-odd; q=\"e\""), DataTypes.Text);

        Assert.Equal("image/x-odd; q=\"e\"", answer);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_value_may_choose_its_content_type(bool isBytes)
    {
        var type = new DescribedDataType(isBytes);
        // One that RabbitBridge knows and one that it does not; what a handler reads it answers under another one.
        var values = new[] { new Described(ContentTypes.Json, "1"), new Described("image/x-odd", "2") };
        await _handler.Messages.AddRequestHandlerAsync("choose", new FunctionHandler<Described, Described>(Answer), type, type);
        _handler.Messages.SetRequestStream("choose", new AnsweringStream<Described, Described>(Answer), type, type);
        var filter = SessionFilter.Parse($"$SessionId is '{_handler.Id}'");

        foreach (var value in values)
        {
            var expected = Answer(value);
            Assert.Equal(expected, await _sender.Messages.SendRequestAsync("choose", value, type, type));
            Assert.Equal(expected, await _sender.Messages.SendRequestAsync(_handler.Id, "choose", value, type, type));
            await Eventually.TrueAsync(async () => (await FilteredAsync(value)).SequenceEqual([expected]), "the filter's session answers under the type that the value has");
        }

        static Described Answer(Described request) => new($"{request.ContentType}+answer", request.Text);

        async Task<List<Described>> FilteredAsync(Described value)
        {
            var answers = new List<Described>();
            await foreach (var each in _sender.Messages.SendRequestToFilterAsync(filter, "choose", value, type, type))
                answers.Add(each.Response!);
            return answers;
        }
    }

    private async Task RoundTripAsync<T>(T value, DataType<T> type, Func<T, T, bool>? equal = null)
    {
        await using var registration = await _handler.Messages.AddRequestHandlerAsync(
            "round/trip", new FunctionHandler<T, T>(request => request), type, type);
        var answer = await _sender.Messages.SendRequestAsync("round/trip", value, type, type);
        if (equal is null)
            Assert.Equal(value, answer);
        else
            Assert.True(equal(value, answer));
    }

    private sealed record Order(string Id, int Count, IReadOnlyList<Line> Lines, string? Note);

    private sealed record Line(string Article, decimal Price);
}
