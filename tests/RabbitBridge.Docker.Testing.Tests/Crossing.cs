using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace RabbitBridge.Docker.Testing.Tests;

/// <summary>What docker/check.sh runs once its gateways are ready: requests from each of them to each other.</summary>
internal static class Crossing
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(45);
    private static readonly string[] Pages = ["/healthz", "/readyz", "/metrics"];

    // Longer than it takes a gateway to hear of another's handler.
    private static readonly RequestOptions Options = new() { Timeout = TimeSpan.FromSeconds(10) };

    private static async Task<int> Main(string[] addresses)
    {
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            await RunAsync([.. addresses.Select(address => new Uri(address))], limit.Token);
            return 0;
        }
        catch (Exception exception) when (exception is MessagingException or HttpRequestException or CrossingException or OperationCanceledException)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return 1;
        }
    }

    private static async Task RunAsync(Uri[] addresses, CancellationToken ct)
    {
        if (addresses.Length < 2)
            throw new CrossingException("Usage: ADDRESS ADDRESS…, of gateways that share a fabric.");
        await CheckPagesAsync(addresses, ct);
        var sessions = new List<IRemoteSession>();
        try
        {
            foreach (var address in addresses)
                sessions.Add(await RabbitBridgeClient.ConnectAsync(address.OriginalString, ct));
            if (sessions.DistinctBy(session => session.Gateway).Count() != sessions.Count)
                throw new CrossingException($"Not different gateways: {string.Join(", ", sessions.Select(session => session.Gateway))}.");

            var registrations = new List<IRegistration>();
            foreach (var session in sessions)
                registrations.Add(await session.Messages.AddRequestHandlerAsync<string, string>(
                    Path(session), (request, _, _) => ValueTask.FromResult($"{request} to {session.Gateway}"), cancellationToken: ct));
            foreach (var from in sessions)
            {
                foreach (var to in sessions.Where(session => session != from))
                    await RequestAsync(from, to, ct);
            }

            foreach (var registration in registrations)
                await registration.CloseAsync();
        }
        finally
        {
            foreach (var session in sessions)
                await session.DisposeAsync();
        }
    }

    private static string Path(IRemoteSession session) => $"docker/check/{session.Gateway}";

    private static async Task CheckPagesAsync(Uri[] addresses, CancellationToken ct)
    {
        using var http = new HttpClient();
        foreach (var address in addresses)
        {
            foreach (var page in Pages)
            {
                using var response = await http.GetAsync(new Uri(address, page), ct);
                var text = await response.Content.ReadAsStringAsync(ct);
                if (response.StatusCode != HttpStatusCode.OK || text.Length == 0)
                    throw new CrossingException($"{address}{page[1..]} answers {(int)response.StatusCode}: {text}");
            }
        }
    }

    private static async Task RequestAsync(IRemoteSession from, IRemoteSession to, CancellationToken ct)
    {
        var watch = Stopwatch.StartNew();
        var answer = await from.Messages.SendRequestAsync<string, string>(Path(to), from.Gateway, Options, ct);
        if (answer != $"{from.Gateway} to {to.Gateway}")
            throw new CrossingException($"A request from {from.Gateway} to {to.Gateway} was answered '{answer}'.");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{answer}: {watch.Elapsed.TotalMilliseconds:0.0} ms"));
    }
}
