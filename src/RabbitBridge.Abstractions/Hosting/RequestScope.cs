namespace RabbitBridge.Hosting;

/// <summary>Tells the services of a request's scope which request it is.</summary>
internal sealed class RequestScope
{
    public IRequestContext? Context { get; set; }
}
