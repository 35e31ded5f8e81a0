using System.Globalization;
using RabbitMQ.Client;

namespace RabbitBridge.RabbitMq.Connections;

/// <summary>The nodes of the broker: all of a gateway's connections are at one, and when it fails the next is tried.</summary>
internal sealed class BrokerHosts(IReadOnlyList<AmqpTcpEndpoint> endpoints)
{
    private int _current;

    /// <summary>The one to connect to.</summary>
    public AmqpTcpEndpoint Current => endpoints[_current];

    /// <summary>Reads a host, or a host and a port.</summary>
    /// <returns>Whether it is one.</returns>
    public static bool TryParse(string? text, int port, out (string Name, int Port) host)
    {
        host = default;
        // An address of IPv6 has its brackets where a port follows, and may have them where none does.
        var end = text is null ? -1 : text.LastIndexOf(':');
        var hasPort = end >= 0 && (text!.IndexOf(':') == end || text[end - 1] == ']');
        var name = hasPort ? text![..end] : text ?? string.Empty;
        if (name is ['[', .. var inner, ']'])
            name = inner;
        if (hasPort && (!int.TryParse(text.AsSpan(end + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port) || port is < 1 or > ushort.MaxValue))
            return false;
        host = (name, port);
        return Uri.CheckHostName(name) is UriHostNameType.Dns or UriHostNameType.IPv4 or UriHostNameType.IPv6;
    }

    /// <summary>The address of another node, with everything else as in the first one's.</summary>
    public static Uri Replace(Uri uri, (string Name, int Port) host) => new UriBuilder(uri) { Host = host.Name, Port = host.Port }.Uri;

    public void Next() => _current = (_current + 1) % endpoints.Count;
}
