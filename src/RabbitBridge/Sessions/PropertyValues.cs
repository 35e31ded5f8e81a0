namespace RabbitBridge.Sessions;

/// <summary>What values a property has among the sessions of a gateway.</summary>
/// <param name="Key">The property; for <c>$Roles</c> the values are single roles.</param>
/// <param name="Distinct">How many different values there are.</param>
/// <param name="Values">The values, where they were not too many.</param>
internal sealed record PropertyValues(string Key, int Distinct, IReadOnlyList<string> Values);
