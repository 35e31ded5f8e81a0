using RabbitBridge.Fabric;

namespace RabbitBridge.RabbitMq.Frames;

/// <summary>The sender of a lone request has no answer yet, and asks whether the gateway still has it. Only links know it.</summary>
/// <param name="Id">The number that its sender gave the request.</param>
internal sealed record InquiryMessage(long Id) : LinkMessage("inquiry");
