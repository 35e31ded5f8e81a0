namespace RabbitBridge.IntegrationTests;

/// <summary>What becomes of a network at one frame of AMQP.</summary>
internal enum NetworkFault
{
    /// <summary>The connection of the frame is cut.</summary>
    CutOne,

    /// <summary>All connections are cut.</summary>
    CutAll,

    /// <summary>Nothing more passes in the connection of the frame, and nobody is told.</summary>
    SwallowOne,

    /// <summary>Nothing more passes in any connection that is there, and nobody is told.</summary>
    SwallowAll,
}
