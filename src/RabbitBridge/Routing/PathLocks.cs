namespace RabbitBridge.Routing;

/// <summary>A lock for each path, for as long as somebody has it or waits for it: whoever waits for the broker holds up nobody else.</summary>
internal sealed class PathLocks
{
    private readonly Dictionary<MessagePath, Entry> _entries = [];

    /// <summary>Waits until nobody else has the path's lock.</summary>
    /// <returns>What releases it, once.</returns>
    public async Task<IDisposable> EnterAsync(MessagePath path, CancellationToken cancellationToken)
    {
        Entry? entry;
        lock (_entries)
        {
            if (!_entries.TryGetValue(path, out entry))
                _entries.Add(path, entry = new Entry(this, path));
            entry.Users++;
        }

        try
        {
            await entry.Turn.WaitAsync(cancellationToken).ConfigureAwait(false);
            return entry;
        }
        catch
        {
            Leave(entry);
            throw;
        }
    }

    private void Leave(Entry entry)
    {
        lock (_entries)
        {
            if (--entry.Users > 0)
                return;
            _entries.Remove(entry.Path);
        }

        entry.Turn.Dispose();
    }

    private sealed class Entry(PathLocks all, MessagePath path) : IDisposable
    {
        public MessagePath Path => path;

        public SemaphoreSlim Turn { get; } = new(1);

        public int Users { get; set; }

        public void Dispose()
        {
            Turn.Release();
            all.Leave(this);
        }
    }
}
