using System.Net;
using System.Net.Sockets;

namespace RabbitBridge.Testing;

/// <summary>Ports that nobody listens on.</summary>
internal static class FreePorts
{
    /// <summary>Distinct loopback ports. Between this call and their use somebody else may take one, so the caller must notice
    /// a broker that does not start.</summary>
    public static int[] Take(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        try
        {
            foreach (var listener in listeners)
                listener.Start();
            return [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        }
        finally
        {
            foreach (var listener in listeners)
                listener.Dispose();
        }
    }
}
