namespace RabbitBridge.Security;

/// <summary>One of RabbitBridge's own, which is asked when those of the application have abstained.</summary>
internal interface IBuiltInAuthenticator : IAuthenticator;
