using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace RabbitBridge.Testing;

/// <summary>Ports that nobody listens on.</summary>
internal static class FreePorts
{
    private const int First = 10_000;

    // Below it nobody gets a port who only connects somewhere: those that the system gives out itself were taken now and then before the broker had started.
    // Where there is nothing below, any port has to do.
    private static readonly int End = FirstGivenOut() is var first && first > First + 1_000 ? first : 32_768;

    /// <summary>Distinct loopback ports. Between this call and their use somebody else who listens may take one, so the caller must notice
    /// a broker that does not start.</summary>
    public static int[] Take(int count)
    {
        var listeners = new List<TcpListener>(count);
        try
        {
            while (listeners.Count < count)
            {
                var listener = new TcpListener(IPAddress.Loopback, Random.Shared.Next(First, End));
                try
                {
                    listener.Start();
                    listeners.Add(listener);
                }
                catch (SocketException exception) when (exception.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
                {
                    listener.Dispose();
                }
            }

            return [.. listeners.Select(static listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        }
        finally
        {
            foreach (var listener in listeners)
                listener.Dispose();
        }
    }

    private static int FirstGivenOut()
    {
        const string Range = "/proc/sys/net/ipv4/ip_local_port_range";
        // What most other systems begin with.
        return File.Exists(Range) ? int.Parse(File.ReadAllText(Range).Split('\t', ' ')[0], CultureInfo.InvariantCulture) : 32_768;
    }
}
