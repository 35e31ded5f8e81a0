namespace RabbitBridge.Fabric;

/// <summary>What became of a request that was handed to the fabric.</summary>
internal enum HandOver
{
    /// <summary>It is on its way; <see cref="IFabricEvents"/> tells if that leads nowhere.</summary>
    Taken,

    /// <summary>There is no epoch, or the link's has ended; it may be handed over in another.</summary>
    Down,

    /// <summary>So many bytes wait to be sent that it found no room.</summary>
    Full,

    /// <summary>The broker takes no messages at the moment.</summary>
    Blocked,
}
