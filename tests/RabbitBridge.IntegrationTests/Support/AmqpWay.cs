using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace RabbitBridge.IntegrationTests;

/// <summary>One connection through an <see cref="AmqpProxy"/>.</summary>
internal sealed class AmqpWay(TcpClient client, TcpClient server)
{
    private volatile bool _isSwallowed;
    private volatile bool _isCut;
    private long _heldUntil;

    /// <summary>What its client calls it, which ends with its role if that is a gateway; <see langword="null"/> before it has said so.</summary>
    public string? Name { get; private set; }

    /// <summary>Whether nothing passes any more, and nobody is told.</summary>
    public bool IsSwallowed
    {
        get => _isSwallowed;
        set => _isSwallowed = value;
    }

    /// <summary>Whether nothing will pass any more.</summary>
    public bool IsBroken => _isSwallowed || _isCut;

    public bool IsIn(FaultScope scope) =>
        scope == FaultScope.All || Name?.EndsWith($"/{scope}", StringComparison.OrdinalIgnoreCase) == true;

    public void Hold(TimeSpan time) => Volatile.Write(ref _heldUntil, Environment.TickCount64 + (long)time.TotalMilliseconds);

    public async ValueTask HeldAsync()
    {
        // Once more: it may be held anew meanwhile.
        while (Volatile.Read(ref _heldUntil) - Environment.TickCount64 is > 0 and var milliseconds)
            await Task.Delay((int)milliseconds);
    }

    public void Cut()
    {
        _isCut = true;
        client.Dispose();
        server.Dispose();
    }

    /// <summary>Looks for the name in a frame of the client's.</summary>
    /// <returns>Whether it was there.</returns>
    public bool TryName(ReadOnlySpan<byte> frame)
    {
        if (Name is not null)
            return false;
        // A field of the table of connection.start-ok: its name, the letter of long strings, the length.
        var field = "connection_nameS"u8;
        if (frame.IndexOf(field) is var at and >= 0)
        {
            var value = frame[(at + field.Length)..];
            Name = Encoding.UTF8.GetString(value.Slice(sizeof(int), BinaryPrimitives.ReadInt32BigEndian(value)));
        }

        return Name is not null;
    }
}
