using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace RabbitBridge.Filters;

/// <summary>The headers by which the broker finds the gateways that a filter concerns. Only their presence matters, not their values.</summary>
internal static class FilterHeaders
{
    /// <summary>On a request that concerns every gateway with sessions.</summary>
    public const string All = "rb-all";

    /// <summary>On every request that is narrowed by properties; bound by gateways whose bindings do not cover all of theirs.</summary>
    public const string Narrowed = "rb-narrowed";

    private const string GatewayPrefix = "rb-gateway-";

    // AMQP's limit for the name of a header.
    private const int MaxBytes = 255;

    /// <summary>On a request that names a session of this gateway.</summary>
    public static string Gateway(ulong instance) => string.Create(CultureInfo.InvariantCulture, $"{GatewayPrefix}{instance:x16}");

    /// <summary>Whether a header names a gateway, which needs no broker to be found.</summary>
    public static bool IsGateway(string header) => header.StartsWith(GatewayPrefix, StringComparison.Ordinal);

    /// <summary>On a request for sessions with a property, whatever its value.</summary>
    public static string Has(string key) => Name($"{key}?");

    /// <summary>On a request for sessions with a value of a property, for gateways that bind the property as a whole.</summary>
    public static string AnyOf(string key) => Name($"{key}*");

    /// <summary>On a request for sessions with a value of a property, for gateways that bind this value.</summary>
    public static string Value(string key, string value) => Name($"{key}={value}");

    // The headers exchange passes over keys that begin with "x-", which a property's key may; two names that fall together
    // bring a request to one gateway too many, and no harm.
    private static string Name(string term)
    {
        var name = $"p.{term}";
        return Encoding.UTF8.GetByteCount(name) <= MaxBytes ? name : $"p.#{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(term)))}";
    }
}
