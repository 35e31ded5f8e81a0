using System.Globalization;
using RabbitBridge.Fabric;

namespace RabbitBridge.RabbitMq.PublicPlane;

/// <summary>
/// The conventions of the services that were asked in an epoch, by number. A request's <c>correlation_id</c>, which the answer brings back, has the
/// call's number and, where its service has a convention, the convention's: so nothing has to be remembered for each request.
/// </summary>
internal sealed class ServiceConventions
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ServiceConvention, int> _numbers = [];
    private ServiceConvention[] _conventions = [];

    /// <summary>The correlation id of a request to a service.</summary>
    public string CorrelationId(long id, ServiceRoute? service) =>
        service is null or { ContentType: null, ErrorHeader: null, ErrorProperty: null }
            ? id.ToString(CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{id}-{Number(ServiceConvention.Of(service))}");

    /// <summary>Reads a correlation id.</summary>
    /// <returns>Whether it is one of this epoch's.</returns>
    public bool TryRead(string? correlationId, out long id, out ServiceConvention? convention)
    {
        convention = null;
        var text = correlationId.AsSpan();
        if (text.IndexOf('-') is var dash and >= 0)
        {
            var known = Volatile.Read(ref _conventions);
            if (!int.TryParse(text[(dash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number >= known.Length)
            {
                id = 0;
                return false;
            }

            convention = known[number];
            text = text[..dash];
        }

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id);
    }

    private int Number(ServiceConvention convention)
    {
        lock (_gate)
        {
            if (_numbers.TryGetValue(convention, out var number))
                return number;
            number = _numbers[convention] = _numbers.Count;
            Volatile.Write(ref _conventions, [.. _conventions, convention]);
            return number;
        }
    }
}
