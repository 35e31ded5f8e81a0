using System.Text;
using Microsoft.Extensions.Time.Testing;
using RabbitBridge.ContractTests;
using RabbitBridge.Fabric;
using RabbitBridge.Gateways;

namespace RabbitBridge.UnitTests.Filters;

/// <summary>How far a gateway goes ahead of the requester of a filter request (D8), by a link that takes up nothing unless it says so.</summary>
public sealed class FilterPacingTests : IAsyncLifetime
{
    private const int Large = 2 * 1024 * 1024;

    private readonly FakeTimeProvider _time = new();
    private readonly FakeLink _link = new("x");
    private readonly HoldingHandler _held = new();
    private readonly IGateway _gateway;
    private int _asked;

    public FilterPacingTests() => _gateway = new InMemoryWorld().CreateGateway(new GatewayOptions { Name = "a", TimeProvider = _time, MaxMessageBytes = Large });

    private GatewayReceiver Receiver => ((GatewayEngine)_gateway).Receiver;

    public async Task InitializeAsync() => await _gateway.StartAsync();

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Fact]
    public async Task Large_answers_go_out_as_they_are_taken_up_and_none_is_refused()
    {
        OpenSessions(60, Large);
        Receive();

        for (var i = 0; i < 60; i++)
        {
            var expected = i + 1;
            await Eventually.TrueAsync(() => _link.Replies.Count >= expected, $"answer {expected} has come");
            // What is under way may be some bytes more than the window, by the answer that closes it.
            Assert.InRange(_link.Replies.Count, expected, expected + (SentAnswers.Bytes / Large));
            Receiver.OnMessage(_link, new CreditMessage(5, i + 1));
        }

        Assert.All(_link.Replies, static reply => Assert.Equal((null, Large), (reply.Error, reply.Payload.Length)));
        Assert.Equal(60, _link.Replies.Select(static reply => reply.Session).Distinct().Count());
        Assert.Equal(60, Volatile.Read(ref _asked));
    }

    [Fact]
    public async Task Small_answers_open_the_window_for_very_many_sessions()
    {
        OpenSessions(1_500, 10);
        Receive();

        await Eventually.TrueAsync(() => _link.Replies.Count == 1024, "the window is full");
        Assert.Equal(1024, Volatile.Read(ref _asked));
        Assert.Equal(0, _link.Incoming.Count);
        Receiver.OnMessage(_link, new CreditMessage(5, 1024));
        await Eventually.TrueAsync(() => _link.Replies.Count == 1_500, "all have answered");
    }

    [Fact]
    public async Task Sessions_that_are_silent_hold_up_the_others_for_a_moment_only()
    {
        for (var i = 0; i < 200; i++)
            _gateway.OpenSession(new SessionOptions { Principal = "p" }).Messages.SetRequestStream("stream", _held, DataTypes.Text, DataTypes.Text);
        Receive();

        // Nothing is known of their answers: 8, then 16 more, 32, 64, and the rest.
        await _held.ReceiveAsync(8);
        foreach (var (before, then) in new[] { (8, 24), (24, 56), (56, 120), (120, 200) })
        {
            await Eventually.TrueAsync(
                () =>
                {
                    if (_held.Requests.Count != before)
                        return true;
                    _time.Advance(TimeSpan.FromMilliseconds(20));
                    return false;
                },
                $"more than {before} sessions are asked");
            await _held.ReceiveAsync(then);
            // No time passes meanwhile.
            Assert.Equal(then, _held.Requests.Count);
        }

        _held.AnswerAll("x");
        await Eventually.TrueAsync(() => _link.Replies.Count == 200, "all have answered");
    }

    [Fact]
    public async Task A_request_to_many_that_is_given_up_is_in_nobodys_hand_and_its_answers_are_held_no_longer()
    {
        OpenSessions(60, Large);
        for (var id = 5; id < 9; id++)
        {
            var (request, asked) = (id, Volatile.Read(ref _asked));
            Receive(request);
            await Eventually.TrueAsync(() => Volatile.Read(ref _asked) == asked + 8 && Replies(request) == 2, "the first sessions have answered");
            Assert.Single(_link.Incoming.All());

            Receiver.OnMessage(_link, new CancelMessage(request));
            Assert.Empty(_link.Incoming.All());
        }

        // If what the former ones held were there still, it would find no room.
        Receive(9);
        for (var i = 0; i < 60; i++)
        {
            var expected = i + 1;
            await Eventually.TrueAsync(() => Replies(9) >= expected, $"answer {expected} has come");
            Receiver.OnMessage(_link, new CreditMessage(9, expected));
        }

        Assert.DoesNotContain(_link.Replies, static reply => reply.Error is not null);
    }

    [Fact]
    public async Task The_requester_is_asked_when_only_answers_that_are_held_are_left()
    {
        for (var i = 0; i < 5; i++)
            _gateway.OpenSession(new SessionOptions { Principal = "p" }).Messages.SetRequestStream("stream", _held, DataTypes.Text, DataTypes.Text);
        Receive();
        await _held.ReceiveAsync(5);

        foreach (var request in _held.Requests)
            request.Responder.Respond(new string('x', Large));

        // The thread that has asked the sessions may still be at it.
        await Eventually.TrueAsync(() => _link.Replies.Count == 2 && LastKnown() == 0, "the window is full, and the requester is asked");
        Receiver.OnMessage(_link, new CreditMessage(5, 2));
        await Eventually.TrueAsync(() => _link.Replies.Count == 4 && LastKnown() == 2, "two more have come, and it is asked again");
        Receiver.OnFilterAnswered(_link, 5);
        await Eventually.TrueAsync(() => _link.Replies.Count == 5 && _link.Incoming.All().Length == 0, "all have come");

        int? LastKnown() => _link.Credits.LastOrDefault(static credit => credit.Asks)?.Answers;
    }

    [Fact]
    public async Task What_was_told_and_is_lost_is_asked_after_again()
    {
        OpenSessions(20, Large);
        Receive();
        await Eventually.TrueAsync(() => _link.Replies.Count == 2 && Asked() == 1, "the window is full, and the requester is asked");

        // It says nothing; and then more than once, and of more than there is.
        await Eventually.TrueAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromMilliseconds(20));
                return Asked() >= 3;
            },
            "the requester is asked again");
        foreach (var told in new[] { 1, 2, 2, 1 })
            Receiver.OnMessage(_link, new CreditMessage(5, told));
        await Eventually.TrueAsync(() => _link.Replies.Count == 4, "two more answers have come");
        Receiver.OnMessage(_link, new CreditMessage(5, int.MaxValue));
        await Eventually.TrueAsync(() => _link.Replies.Count == 6, "and two more");

        int Asked() => _link.Credits.Count(static credit => credit is { Id: 5, Asks: true });
    }

    [Fact]
    public async Task The_loss_of_the_link_ends_it_as_it_ends_any_request()
    {
        _gateway.OpenSession(new SessionOptions { Principal = "p" }).Messages.SetRequestStream("stream", _held, DataTypes.Text, DataTypes.Text);
        Receive();
        await _held.ReceiveAsync(1);

        Receiver.OnLost(_link, "test");

        Assert.Empty(_link.Incoming.All());
        _held.AnswerAll("late");
        Assert.Empty(_link.Replies);
    }

    private int Replies(long id) => _link.Replies.Count(reply => reply.Id == id);

    private void OpenSessions(int count, int bytes)
    {
        var answer = new byte[bytes];
        for (var i = 0; i < count; i++)
        {
            _gateway.OpenSession(new SessionOptions { Principal = "p" }).Messages.SetRequestStream<string, byte[]>("stream", (_, _, _) =>
            {
                Interlocked.Increment(ref _asked);
                return new(answer);
            });
        }
    }

    private void Receive(long id = 5) => Receiver.OnRequest(_link, new RequestEnvelope
    {
        Id = id,
        Filter = "$Principal is 'p'",
        Path = MessagePath.Parse("stream"),
        Sender = new SessionId(77, 1),
        ContentType = ContentTypes.Text,
        RemainingMilliseconds = 60_000,
        Payload = Encoding.UTF8.GetBytes("x"),
    });
}
