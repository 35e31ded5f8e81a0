using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;

namespace RabbitBridge.Security;

/// <summary>
/// Who may have a password verified, and when. The slow function takes a processor long (some 80 logins took 10 s): whoever has been wrong lately
/// waits in a line of their own, and after some wrong passwords more is not even begun, so that guessing holds up nobody else.
/// </summary>
internal sealed class LoginLimits : IDisposable
{
    /// <summary>Wrong passwords from one address that cost nothing but their time; later ones are refused until some time has gone.</summary>
    public const int WrongPasswords = 5;

    /// <summary>Logins that may wait in each of the two lines.</summary>
    public const int WaitingLogins = 256;

    /// <summary>After so long an address may be wrong once more.</summary>
    public static readonly TimeSpan Forgiveness = TimeSpan.FromSeconds(10);

    private readonly PartitionedRateLimiter<string> _failures = PartitionedRateLimiter.Create<string, string>(
        static address => RateLimitPartition.GetTokenBucketLimiter(address, static _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = WrongPasswords,
            TokensPerPeriod = 1,
            ReplenishmentPeriod = Forgiveness,
        }));

    // Guessing must not take all processors from the gateway.
    private readonly ConcurrencyLimiter _known = Line(Math.Max(1, Environment.ProcessorCount / 2));
    private readonly ConcurrencyLimiter _suspects = Line(1);

    /// <summary>Waits for a turn, which lasts until it is disposed.</summary>
    /// <exception cref="OverloadedException">There is none: too many wrong passwords came from the address, or too many logins wait.</exception>
    public async ValueTask<IDisposable> EnterAsync(IPAddress? address, CancellationToken cancellationToken)
    {
        var from = PartitionOf(address);
        ThrowIfBarred(from);
        var isSuspect = WrongPasswordsLeft(from) < WrongPasswords;
        var turn = await (isSuspect ? _suspects : _known).AcquireAsync(1, cancellationToken).ConfigureAwait(false);
        try
        {
            if (!turn.IsAcquired)
                throw new OverloadedException($"{WaitingLogins} logins wait to be verified already; try again soon, or at another gateway.");
            // Others from the address were wrong while this one waited.
            ThrowIfBarred(from);
            return turn;
        }
        catch
        {
            turn.Dispose();
            throw;
        }
    }

    /// <summary>A password from this address was wrong.</summary>
    public void Failed(IPAddress? address) => _failures.AttemptAcquire(PartitionOf(address)).Dispose();

    public void Dispose()
    {
        _failures.Dispose();
        _known.Dispose();
        _suspects.Dispose();
    }

    private void ThrowIfBarred(string from)
    {
        if (WrongPasswordsLeft(from) == 0)
            throw new OverloadedException($"Too many wrong passwords came from this address; try again in {Forgiveness.TotalSeconds:0} s.");
    }

    // To acquire none succeeds while there is any part of one.
    private long WrongPasswordsLeft(string from) => _failures.GetStatistics(from)?.CurrentAvailablePermits ?? WrongPasswords;

    private static ConcurrencyLimiter Line(int permits) => new(new ConcurrencyLimiterOptions
    {
        PermitLimit = permits,
        QueueLimit = WaitingLogins,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    // Whoever has one IPv6 address has at least the 2^64 of its network.
    private static string PartitionOf(IPAddress? address) => address switch
    {
        null => string.Empty,
        { IsIPv4MappedToIPv6: true } => address.MapToIPv4().ToString(),
        { AddressFamily: AddressFamily.InterNetworkV6 } => new IPAddress([.. address.GetAddressBytes().AsSpan(0, 8), .. new byte[8]]).ToString(),
        _ => address.ToString(),
    };
}
