using System.Net;
using Microsoft.Extensions.DependencyInjection;
using RabbitBridge.Security;

namespace RabbitBridge.UnitTests.Security;

/// <summary>D28: who guesses passwords holds up nobody else.</summary>
public sealed class GuessingTests : IAsyncLifetime
{
    private const string Password = "correct horse";

    private static readonly string Hash = PasswordHash.Create(Password, 100_000);

    private readonly ServiceProvider _services = new ServiceCollection()
        .AddRabbitBridgeSecurity(static options =>
        {
            for (var i = 0; i < 10; i++)
                options.Principals[$"honest-{i}"] = new PrincipalOptions { PasswordHash = Hash };
        })
        .BuildServiceProvider();

    private AuthenticatorChain Chain => _services.GetRequiredService<AuthenticatorChain>();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _services.DisposeAsync();

    [Fact]
    public async Task Sixty_strangers_of_one_address_cost_a_few_verifications_and_honest_logins_go_on_D28()
    {
        using var done = new CancellationTokenSource();
        var (denied, refused) = (0, 0);
        var strangers = Enumerable.Range(0, 60).Select(number => Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                try
                {
                    await Chain.AuthenticateAsync(Request($"honest-{number % 10}", "guess", "192.0.2.66"), default);
                }
                catch (AccessDeniedException)
                {
                    Interlocked.Increment(ref denied);
                }
                catch (OverloadedException)
                {
                    Interlocked.Increment(ref refused);
                    await Task.Yield();
                }
            }
        })).ToArray();

        for (var i = 0; i < 10; i++)
        {
            var result = await Chain.AuthenticateAsync(Request($"honest-{i}", Password, $"198.51.100.{i}"), default);
            Assert.Equal(AuthenticationOutcome.Allowed, result.Outcome);
        }

        await done.CancelAsync();
        await Task.WhenAll(strangers);
        // Whoever has a turn already is done; and an address is forgiven one more each ten seconds.
        Assert.InRange(denied, 1, LoginLimits.WrongPasswords + Environment.ProcessorCount + 3);
        Assert.True(refused > 0, "Nobody was told OVERLOADED.");
    }

    [Theory]
    [InlineData("2001:db8::1", "2001:db8::ffff:1", true)]
    [InlineData("2001:db8::1", "2001:db8:0:1::1", false)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    public async Task Addresses_count_together_where_one_client_has_them_all_D28(string first, string second, bool together)
    {
        using var limits = new LoginLimits();
        for (var i = 0; i < LoginLimits.WrongPasswords; i++)
            limits.Failed(IPAddress.Parse(first));

        await Assert.ThrowsAsync<OverloadedException>(() => limits.EnterAsync(IPAddress.Parse(first), default).AsTask());
        if (together)
            await Assert.ThrowsAsync<OverloadedException>(() => limits.EnterAsync(IPAddress.Parse(second), default).AsTask());
        else
            (await limits.EnterAsync(IPAddress.Parse(second), default)).Dispose();
    }

    [Fact]
    public async Task Addresses_that_were_wrong_wait_in_one_line_and_no_other_address_behind_them_D28()
    {
        var (one, other, honest) = (IPAddress.Parse("192.0.2.1"), IPAddress.Parse("192.0.2.2"), IPAddress.Parse("198.51.100.1"));
        using var limits = new LoginLimits();
        limits.Failed(one);
        limits.Failed(other);
        var turn = await limits.EnterAsync(one, default);

        var waiting = limits.EnterAsync(other, default).AsTask();

        Assert.False(waiting.IsCompleted);
        (await limits.EnterAsync(honest, default)).Dispose();
        turn.Dispose();
        (await waiting.WaitAsync(Eventually.Limit)).Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_line_that_is_full_takes_no_more_D28(bool isSuspect)
    {
        var address = IPAddress.Parse("192.0.2.1");
        using var limits = new LoginLimits();
        if (isSuspect)
            limits.Failed(address);
        var waiting = new List<Task<IDisposable>>();
        for (var i = 0; i < LoginLimits.WaitingLogins + (isSuspect ? 1 : Math.Max(1, Environment.ProcessorCount / 2)); i++)
            waiting.Add(limits.EnterAsync(address, default).AsTask());

        await Assert.ThrowsAsync<OverloadedException>(() => limits.EnterAsync(address, default).AsTask());

        foreach (var turn in waiting)
            (await turn.WaitAsync(Eventually.Limit)).Dispose();
    }

    [Fact]
    public async Task Who_knows_the_password_of_a_known_session_gets_in_whatever_others_of_the_address_do_D28()
    {
        await Chain.AuthenticateAsync(Request("honest-0", Password, "192.0.2.1"), default);
        for (var i = 0; i < LoginLimits.WrongPasswords; i++)
            await Assert.ThrowsAsync<AccessDeniedException>(() => Chain.AuthenticateAsync(Request("honest-1", "guess", "192.0.2.1"), default));

        await Assert.ThrowsAsync<OverloadedException>(() => Chain.AuthenticateAsync(Request("honest-2", Password, "192.0.2.1"), default));
        Assert.Equal(AuthenticationOutcome.Allowed, (await Chain.AuthenticateAsync(Request("honest-0", Password, "192.0.2.1"), default)).Outcome);
    }

    private static AuthenticationRequest Request(string principal, string password, string address) =>
        new() { Principal = principal, Password = password, ClientAddress = IPAddress.Parse(address) };
}
