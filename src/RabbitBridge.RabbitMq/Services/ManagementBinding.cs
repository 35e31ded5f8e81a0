using System.Text.Json.Serialization;

namespace RabbitBridge.RabbitMq.Services;

/// <summary>A binding as the management API tells it; the rest of its fields does not matter here.</summary>
internal sealed record ManagementBinding(
    [property: JsonPropertyName("destination")] string Destination,
    [property: JsonPropertyName("destination_type")] string DestinationType,
    [property: JsonPropertyName("routing_key")] string RoutingKey);
