namespace RabbitBridge.Fabric;

/// <summary>The sender of a request has no answer yet, and asks whether the gateway still has it.</summary>
/// <param name="Id">The number that its sender gave the request.</param>
internal sealed record InquiryMessage(long Id) : LinkMessage("inquiry");
