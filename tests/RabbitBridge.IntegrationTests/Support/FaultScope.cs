namespace RabbitBridge.IntegrationTests;

/// <summary>Which of the connections that are there a fault meets.</summary>
internal enum FaultScope
{
    /// <summary>That of the frame.</summary>
    One,

    /// <summary>Those with which gateways publish.</summary>
    Publish,

    /// <summary>Those with which gateways consume.</summary>
    Consume,

    /// <summary>Those with which gateways declare.</summary>
    Control,

    /// <summary>All.</summary>
    All,
}
