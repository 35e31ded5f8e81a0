namespace RabbitBridge.Remote;

/// <summary>The requests of one link that nobody waits for any more, and may not have been sent yet: what takes them out of its frames.</summary>
internal sealed class Withdrawals
{
    // Looking through what waits costs time for each message in it: many are taken out at once, the more the more there is to look through.
    private const int Many = 256;
    private const int BytesOfOne = 512;

    private readonly HashSet<long> _requests = [];
    private readonly HashSet<long> _cut = [];
    private readonly HashSet<long> _seen = [];
    private long _bytes;
    private int _added;

    public bool IsEmpty => _requests.Count == 0;

    /// <summary>Whether so many have come since the last look that it is time for the next one.</summary>
    public bool AreMany(long bytes) => _added >= Math.Max(Many, bytes / BytesOfOne);

    public void Add(long request, int bytes)
    {
        if (!_requests.Add(request))
            return;
        _bytes += bytes;
        _added++;
    }

    /// <summary>Whether they may be half of what waits, so that it is time to look.</summary>
    public bool MayBeHalfOf(long bytes) => _bytes * 2 >= bytes;

    /// <summary>Takes them out of messages that have not been sent.</summary>
    /// <returns>What is left; <see langword="null"/> if none of them is among the messages.</returns>
    public byte[]? Cut(ReadOnlyMemory<byte> messages)
    {
        var left = new List<ReadOnlyMemory<byte>>();
        var isWhole = true;
        while (!messages.IsEmpty)
        {
            var before = messages;
            // What has more than the other side takes (a list of 10,001 names) cannot be read here either, and is left for the other side to refuse.
            if (!TryRead(ref messages, out var message))
                return null;
            if (message is not null && IsWithdrawn(message))
                isWhole = false;
            else
                left.Add(before[..(before.Length - messages.Length)]);
        }

        if (isWhole)
            return null;
        var bytes = GC.AllocateUninitializedArray<byte>(left.Sum(static message => message.Length));
        var at = 0;
        foreach (var message in left)
        {
            message.CopyTo(bytes.AsMemory(at));
            at += message.Length;
        }

        return bytes;
    }

    /// <summary>Notes which of them are among messages that may have been received.</summary>
    public void See(ReadOnlyMemory<byte> messages)
    {
        while (!messages.IsEmpty && TryRead(ref messages, out var message))
        {
            if (message is not null && IsRequest(message) && _requests.Contains(message.Id))
                _seen.Add(message.Id);
        }
    }

    /// <summary>All that waits has been looked at: what has not been seen in it was taken out, or has arrived.</summary>
    public void Forget()
    {
        _requests.IntersectWith(_seen);
        _seen.Clear();
        _cut.Clear();
        (_bytes, _added) = (0, 0);
    }

    private static bool TryRead(ref ReadOnlyMemory<byte> messages, out RemoteMessage? message)
    {
        try
        {
            message = RemoteReader.Next(ref messages);
            return true;
        }
        catch (RemoteProtocolException)
        {
            message = null;
            return false;
        }
    }

    private static bool IsRequest(RemoteMessage message) => message.Type
        is RemoteMessageType.Request or RemoteMessageType.FilterRequest or RemoteMessageType.ProjectSend or RemoteMessageType.Delivery;

    // What is taken out need not be cancelled either.
    private bool IsWithdrawn(RemoteMessage message) => message.Type == RemoteMessageType.Cancel
        ? _cut.Contains(message.Id)
        : IsRequest(message) && _requests.Contains(message.Id) && _cut.Add(message.Id);
}
