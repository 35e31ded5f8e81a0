namespace RabbitBridge;

/// <summary>The message handlers of one name in a project, at one gateway.</summary>
/// <param name="Project">The project.</param>
/// <param name="MessageHandler">Their name.</param>
/// <param name="IsAtGateway">Whether the gateway has one itself.</param>
/// <param name="Sessions">How many of the gateway's client sessions have one.</param>
public sealed record ProjectHandlerInfo(string Project, string MessageHandler, bool IsAtGateway, int Sessions);
