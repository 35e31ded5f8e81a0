using System.Text;
using RabbitBridge.Fabric;
using RabbitBridge.Filters;

namespace RabbitBridge.Services;

/// <summary>What a service must be like, whoever asks for it.</summary>
internal static class ServiceRules
{
    private const int MaxNameBytes = 255;

    /// <summary>The way to a service.</summary>
    /// <exception cref="MessagingException">An option is none.</exception>
    public static (MessagePath Path, ServiceRoute Route) Read(ServiceOptions service)
    {
        var path = MessagePath.Parse(service.Path);
        if (BranchLimits.Problem(path) is { } problem)
            throw new InvalidPathException(problem);
        if (string.IsNullOrEmpty(service.Queue) == string.IsNullOrEmpty(service.Exchange))
            throw new InvalidMessageDataException("A service has either a Queue or an Exchange, and it is not empty.");
        if (service.Queue is { Length: > 0 } && service.RoutingKey.Length > 0)
            throw new InvalidMessageDataException("A RoutingKey belongs to an Exchange; a Queue has none.");
        CheckShort("Queue", service.Queue);
        CheckShort("Exchange", service.Exchange);
        CheckShort("RoutingKey", service.RoutingKey);
        if (service.ContentType is not null && !MediaType.IsAllowed(service.ContentType, out var wrongType))
            throw new InvalidMessageDataException($"The ContentType of a service is a media type. {wrongType}");
        CheckShort("ErrorHeader", service.ErrorHeader);
        if (service.TimeLimit is { } limit && (limit < TimeSpan.FromMilliseconds(1) || limit > RequestTimeout.Longest))
            throw new InvalidMessageDataException($"The TimeLimit {limit} of a service is from 1 ms to 24 days.");
        return (path, new ServiceRoute
        {
            Exchange = string.IsNullOrEmpty(service.Queue) ? service.Exchange! : string.Empty,
            RoutingKey = string.IsNullOrEmpty(service.Queue) ? service.RoutingKey : service.Queue,
            ContentType = service.ContentType,
            TimeLimit = service.TimeLimit is { } time ? (int)time.TotalMilliseconds : 0,
            ErrorHeader = service.ErrorHeader,
            ErrorProperty = service.ErrorProperty,
            WaitsForConsumers = service.WaitForConsumers,
        });
    }

    /// <summary>The options that a route was made of, for those who have only heard of it.</summary>
    public static ServiceOptions Options(MessagePath path, ServiceRoute route) => new()
    {
        Path = path.ToString(),
        Queue = route.IsQueue ? route.RoutingKey : null,
        Exchange = route.IsQueue ? null : route.Exchange,
        RoutingKey = route.IsQueue ? string.Empty : route.RoutingKey,
        ContentType = route.ContentType,
        TimeLimit = route.TimeLimit > 0 ? TimeSpan.FromMilliseconds(route.TimeLimit) : null,
        ErrorHeader = route.ErrorHeader,
        ErrorProperty = route.ErrorProperty,
        WaitForConsumers = route.WaitsForConsumers,
    };

    // AMQP's short strings.
    private static void CheckShort(string name, string? value)
    {
        if (value is not null && (Encoding.UTF8.GetByteCount(value) > MaxNameBytes || value.Any(char.IsControl)))
            throw new InvalidMessageDataException($"The {name} '{FilterText.Show(value)}' of a service has at most {MaxNameBytes} bytes and no control characters.");
    }
}
