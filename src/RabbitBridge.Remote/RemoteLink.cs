using System.Buffers;

namespace RabbitBridge.Remote;

/// <summary>
/// One side of a session's exchange of messages, over however many connections. What is posted goes out in order, exactly once: a frame
/// is kept until the other side has it, and is sent again over the next connection. Messages posted while a frame is on its way share the next one.
/// Requests that are withdrawn before they have gone out never do.
/// </summary>
internal sealed class RemoteLink : IThreadPoolWorkItem
{
    /// <summary>A frame that has so many bytes takes no more messages.</summary>
    public const int FrameBytes = 32 * 1024;

    /// <summary>What a frame may have beside one message of the largest size.</summary>
    public const int FrameOverhead = FrameBytes + 1024;

    private const int FramesToAcknowledge = 16;

    /// <summary>After so many bytes the other side acknowledges, without being asked.</summary>
    public const int BytesToAcknowledge = 64 * 1024;

    /// <summary>So many bytes may lie with another side that has taken up everything: it need not say so before it has more, or says something itself.</summary>
    public const int MostUnacknowledged = BytesToAcknowledge + FrameOverhead;

    private const int SpareBytes = 2 * FrameBytes;

    // A connection that takes longer for a frame stands still for a time: what waits behind it may be over.
    private const int StillMilliseconds = 500;

    // An array of two, and two numbers of nine bytes each at most; a message pack writer asks for somewhat more.
    private const int HeaderBytes = 32;

    [ThreadStatic]
    private static List<RemoteLink>? Gathered;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? Spare;

    private readonly Action<RemoteMessage> _receive;
    private readonly Action<long>? _counted;
    private readonly Lock _gate = new();
    private readonly Queue<ArrayBufferWriter<byte>> _pending = new();
    private readonly LinkedList<(long Number, byte[] Frame)> _unacknowledged = [];
    private readonly ArrayBufferWriter<byte> _header = new(HeaderBytes);
    private readonly Withdrawals _withdrawn = new();
    private ArrayBufferWriter<byte>? _open;
    private LinkedListNode<(long Number, byte[] Frame)>? _resend;
    private Func<byte[], Task>? _send;
    private long _sent;
    private long _received;
    private long _told;
    private int _toldFrames;
    private int _toldBytes;
    private long _queuedBytes;
    private long _countedBytes;
    private bool _isSending;
    private bool _isClosed;

    /// <param name="receive">Takes what the other side has sent, in order, on the thread that brings it.</param>
    /// <param name="counted">
    /// Hears by how much of <see cref="QueuedBytes"/> there is more, or less, that is beyond <see cref="MostUnacknowledged"/>; called with the link's lock held.
    /// </param>
    public RemoteLink(Action<RemoteMessage> receive, Action<long>? counted = null) => (_receive, _counted) = (receive, counted);

    /// <summary>The number of the last frame that the other side has sent.</summary>
    public long Received
    {
        get
        {
            lock (_gate)
                return _received;
        }
    }

    /// <summary>The number of the last frame that was sent.</summary>
    public long Sent
    {
        get
        {
            lock (_gate)
                return _sent;
        }
    }

    /// <summary>The number of the last frame that the other side is known to have.</summary>
    public long Taken
    {
        get
        {
            lock (_gate)
                return _unacknowledged.First is { } first ? first.Value.Number - 1 : _sent;
        }
    }

    /// <summary>Whether there is a connection.</summary>
    public bool IsAttached
    {
        get
        {
            lock (_gate)
                return _send is not null;
        }
    }

    /// <summary>The bytes that are posted, and not known to have arrived.</summary>
    public long QueuedBytes => Interlocked.Read(ref _queuedBytes);

    /// <summary>Whether nothing goes out or comes in any more.</summary>
    public bool IsClosed => Volatile.Read(ref _isClosed);

    /// <summary>Sends a message, now or when there is a connection; never, if the link is closed.</summary>
    public void Post(RemoteMessage message) => TryPost(message, long.MaxValue);

    /// <summary>Sends a message if no more waits than is allowed.</summary>
    /// <param name="message">The message.</param>
    /// <param name="limit">How many bytes may wait before it.</param>
    /// <returns>Whether it is sent, or the link is closed.</returns>
    public bool TryPost(RemoteMessage message, long limit)
    {
        lock (_gate)
        {
            if (_isClosed)
                return true;
            if (_queuedBytes > limit)
                return false;
            if (_open is null)
            {
                (_open, Spare) = (Spare ?? new ArrayBufferWriter<byte>(256), null);
                _pending.Enqueue(_open);
            }

            var before = _open.WrittenCount;
            RemoteWriter.Write(_open, message);
            Interlocked.Add(ref _queuedBytes, _open.WrittenCount - before);
            if (_open.WrittenCount >= FrameBytes)
                _open = null;
            Count();
            Schedule();
            return true;
        }
    }

    /// <summary>
    /// Nobody waits for a request any more. If it waits itself, for a connection or for those before it, it does not go out; whether it does is not
    /// known here, so the other side is to be told as well.
    /// </summary>
    /// <param name="request">The request's number.</param>
    /// <param name="bytes">How large it is, about.</param>
    public void Withdraw(long request, int bytes)
    {
        lock (_gate)
        {
            if (_queuedBytes == 0)
                return;
            _withdrawn.Add(request, bytes);
            if (_withdrawn.AreMany(_queuedBytes) || ((_send is null || _pending.Count > 1) && _withdrawn.MayBeHalfOf(_queuedBytes)))
                CutWithdrawn(unacknowledged: false);
        }
    }

    /// <summary>Goes on over a new connection.</summary>
    /// <param name="send">Sends a frame. Completes when it may send the next; throws when the connection is gone.</param>
    /// <param name="receivedByOther">The last frame that the other side has.</param>
    /// <exception cref="RemoteProtocolException">The other side says that it has what was never sent.</exception>
    public void Attach(Func<byte[], Task> send, long receivedByOther)
    {
        lock (_gate)
        {
            if (receivedByOther > _sent)
                throw new RemoteProtocolException($"Frame {receivedByOther} was never sent.");
            Acknowledged(receivedByOther);
            CutWithdrawn(unacknowledged: true);
            _send = send;
            _resend = _unacknowledged.First;
            Schedule();
        }
    }

    /// <summary>The connection is gone; what is posted waits for the next one.</summary>
    public void Detach()
    {
        lock (_gate)
            _send = null;
    }

    /// <summary>There will be no other connection.</summary>
    public void Close()
    {
        lock (_gate)
        {
            Volatile.Write(ref _isClosed, true);
            _send = null;
        }
    }

    /// <summary>Takes a frame from the other side.</summary>
    /// <exception cref="RemoteProtocolException">It is none, or frames before it are missing. What it holds before the fault has been received: the session cannot go on.</exception>
    public void OnFrame(ReadOnlyMemory<byte> frame)
    {
        var messages = RemoteReader.ReadHeader(frame, out var number, out var acknowledged);
        if (number == 0 && !messages.IsEmpty)
            throw new RemoteProtocolException("A frame with the number 0 only acknowledges, and has no messages.");
        lock (_gate)
        {
            if (acknowledged > _sent)
                throw new RemoteProtocolException($"Frame {acknowledged} was never sent.");
            Acknowledged(acknowledged);
            if (number == 0 || number <= _received || _isClosed)
                return;
            if (number != _received + 1)
                throw new RemoteProtocolException($"Frame {number} has come after frame {_received}.");
            _received = number;
            _toldFrames++;
            _toldBytes += frame.Length;
            if (MustAcknowledge)
                Schedule();
        }

        Receive(messages);
    }

    /// <summary>Sends what is ready. Called once for each time that it is scheduled.</summary>
    // async void on purpose: nothing escapes it.
    public async void Execute()
    {
        while (Next(out var send) is { } frame)
        {
            var began = Environment.TickCount64;
            try
            {
                await send(frame).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // Whatever it is, the connection does not carry frames any more; the frame is kept for the next one.
            catch (Exception)
#pragma warning restore CA1031
            {
                lock (_gate)
                {
                    if (_send == send)
                        _send = null;
                }
            }

            if (Environment.TickCount64 - began >= StillMilliseconds)
            {
                lock (_gate)
                    CutWithdrawn(unacknowledged: false);
            }
        }
    }

    // What the messages make this thread post, to this link or to others, goes out together when all of them are done.
    private void Receive(ReadOnlyMemory<byte> messages)
    {
        var gathered = Gathered = [];
        try
        {
            while (!messages.IsEmpty)
            {
                if (RemoteReader.Next(ref messages) is { } message)
                    _receive(message);
            }
        }
        finally
        {
            Gathered = null;
            foreach (var link in gathered)
                link.SendGathered();
        }
    }

    // Where others wait for a thread, they may have more for the same frame; where nobody does, another thread would only cost time.
    private void SendGathered()
    {
        if (ThreadPool.PendingWorkItemCount > 0)
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        else
            Execute();
    }

    private bool MustAcknowledge => _received > _told && (_toldFrames >= FramesToAcknowledge || _toldBytes >= BytesToAcknowledge);

    // Not at once on the thread that posts: what is posted in the same moment shares the frame.
    private void Schedule()
    {
        if (_isSending || _send is null)
            return;
        _isSending = true;
        if (Gathered is { } gathered)
            gathered.Add(this);
        else
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private byte[]? Next(out Func<byte[], Task> send)
    {
        lock (_gate)
        {
            send = _send!;
            if (_send is not null)
            {
                if (_resend is { } kept)
                {
                    _resend = kept.Next;
                    return kept.Value.Frame;
                }

                if (_pending.TryDequeue(out var messages))
                {
                    if (messages == _open)
                        _open = null;
                    var frame = Frame(++_sent, messages.WrittenSpan);
                    Keep(messages);
                    _unacknowledged.AddLast((_sent, frame));
                    return frame;
                }

                if (MustAcknowledge)
                    return Frame(0, []);
            }

            _isSending = false;
            return null;
        }
    }

    private byte[] Frame(long number, ReadOnlySpan<byte> messages)
    {
        (_told, _toldFrames, _toldBytes) = (_received, 0, 0);
        _header.ResetWrittenCount();
        RemoteWriter.WriteHeader(_header, number, _received);
        Interlocked.Add(ref _queuedBytes, number == 0 ? 0 : _header.WrittenCount);
        var frame = GC.AllocateUninitializedArray<byte>(_header.WrittenCount + messages.Length);
        _header.WrittenSpan.CopyTo(frame);
        messages.CopyTo(frame.AsSpan(_header.WrittenCount));
        return frame;
    }

    // For the next frame that this thread begins, of whatever session.
    private static void Keep(ArrayBufferWriter<byte> messages)
    {
        if (messages.Capacity > SpareBytes)
            return;
        messages.ResetWrittenCount();
        Spare = messages;
    }

    private void Acknowledged(long number)
    {
        while (_unacknowledged.First is { } first && first.Value.Number <= number)
        {
            Interlocked.Add(ref _queuedBytes, -first.Value.Frame.Length);
            if (_resend == first)
                _resend = first.Next;
            _unacknowledged.RemoveFirst();
        }

        Count();
        if (!_withdrawn.IsEmpty && _unacknowledged.Count == 0 && _pending.Count == 0)
            _withdrawn.Forget();
    }

    // Frames that were sent may have arrived; which have not is only known when the other side has said so. Those get shorter and keep their numbers: should
    // one arrive after all over the connection before, it has everything that the one in its place has.
    private void CutWithdrawn(bool unacknowledged)
    {
        if (_withdrawn.IsEmpty)
            return;
        for (var node = _unacknowledged.First; node is not null; node = node.Next)
        {
            var (number, frame) = node.Value;
            var messages = RemoteReader.ReadHeader(frame, out _, out _);
            if (!unacknowledged)
            {
                _withdrawn.See(messages);
            }
            else if (_withdrawn.Cut(messages) is { } left)
            {
                node.Value = (number, [.. frame.AsSpan(0, frame.Length - messages.Length), .. left]);
                Interlocked.Add(ref _queuedBytes, left.Length - messages.Length);
            }
        }

        for (var waiting = _pending.Count; waiting > 0; waiting--)
        {
            var messages = _pending.Dequeue();
            if (_withdrawn.Cut(messages.WrittenMemory) is { } left)
            {
                Interlocked.Add(ref _queuedBytes, left.Length - messages.WrittenCount);
                messages.ResetWrittenCount();
                messages.Write(left);
            }

            if (messages.WrittenCount > 0)
                _pending.Enqueue(messages);
            else if (messages == _open)
                _open = null;
        }

        Count();
        _withdrawn.Forget();
    }

    // Called with the lock held.
    private void Count()
    {
        var bytes = Math.Max(0, _queuedBytes - MostUnacknowledged);
        var change = bytes - _countedBytes;
        if (_counted is null || change == 0)
            return;
        _countedBytes = bytes;
        _counted(change);
    }
}
