using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace RabbitBridge.Hosting;

/// <summary>The session of a host: opens it with its handlers, keeps it open, and closes it when what the handlers have in hand is answered.</summary>
internal sealed class HostedSession(ISessionOpener opener, IEnumerable<HostedHandler> handlers, IEnumerable<SessionOpened> listeners, IServiceProvider provider)
    : IHostedService, IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    // A good part of the 30 s that a host has by default: a gateway that stops after it needs some, too.
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);

    private readonly ILogger _logger = provider.GetService<ILogger<ISession>>() ?? NullLogger<ISession>.Instance;
    private readonly CancellationTokenSource _stopping = new();
    private volatile TaskCompletionSource<ISession> _opening = NewOpening();
    private volatile ISession? _current;
    private Task _keeping = Task.CompletedTask;

    /// <summary>The session, as it is now; the last one where none follows it.</summary>
    /// <exception cref="InvalidOperationException">The host has not started, or the session is being opened anew.</exception>
    public ISession Current => _current
        ?? throw new InvalidOperationException("The host has no session at the moment: it is opened when the host starts, and anew when it is lost.");

    /// <summary>Has a host open a session. Further calls change nothing.</summary>
    public static void AddTo(IServiceCollection services)
    {
        if (services.Any(static service => service.ServiceType == typeof(HostedSession)))
            return;
        services.AddSingleton<HostedSession>();
        services.AddHostedService(static provider => provider.GetRequiredService<HostedSession>());
        services.TryAddSingleton<ISession, SessionOfHost>();
        services.TryAddScoped<RequestScope>();
        services.TryAddScoped(static provider => provider.GetRequiredService<RequestScope>().Context
            ?? throw new InvalidOperationException("A request's context is there in the scope of a request only."));
    }

    /// <summary>Waits until the session is open, with all handlers.</summary>
    public Task<ISession> GetAsync(TimeSpan limit, CancellationToken cancellationToken) => _opening.Task.WaitAsync(limit, cancellationToken);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            _keeping = KeepAsync(await OpenAsync(cancellationToken).ConfigureAwait(false));
        }
        catch (Exception exception)
        {
            Refuse($"The host's session could not be opened: {exception.Message}");
            throw;
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _keeping.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    // A host of which something else does not start is never stopped.
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _keeping.ConfigureAwait(false);
        Refuse("The host has ended.");
    }

    private static TaskCompletionSource<ISession> NewOpening() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task<(ISession Session, IReadOnlyList<IRegistration> Registrations)> OpenAsync(CancellationToken cancellationToken)
    {
        var session = await opener.OpenAsync(cancellationToken).ConfigureAwait(false);
        // The first requests come before the last handler is registered, and their services have the session.
        _current = session;
        try
        {
            var registrations = await Task.WhenAll(handlers.Select(handler => handler.RegisterAsync(session, provider, cancellationToken))).ConfigureAwait(false);
            foreach (var listener in listeners)
                await listener.Opened(session, cancellationToken).ConfigureAwait(false);
            _opening.TrySetResult(session);
            return (session, registrations);
        }
        catch
        {
            _current = null;
            await session.CloseAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task KeepAsync((ISession Session, IReadOnlyList<IRegistration> Registrations) opened)
    {
        try
        {
            while (true)
            {
                await ClosedOrStoppingAsync(opened.Session).ConfigureAwait(false);
                if (_stopping.IsCancellationRequested)
                {
                    await CloseAsync(opened.Session, opened.Registrations).ConfigureAwait(false);
                    return;
                }

                if (!opener.IsToBeOpenedAgain(opened.Session))
                {
                    HostingLog.Over(_logger, opened.Session.Id);
                    return;
                }

                _opening = NewOpening();
                _current = null;
                HostingLog.OpensAgain(_logger, opened.Session.Id);
                if (await ReopenAsync().ConfigureAwait(false) is not { } another)
                    return;
                opened = another;
            }
        }
        finally
        {
            Refuse("The host stops.");
        }
    }

    private async Task ClosedOrStoppingAsync(ISession session)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using (session.Closed.UnsafeRegister(static state => ((TaskCompletionSource)state!).TrySetResult(), ended))
        using (_stopping.Token.UnsafeRegister(static state => ((TaskCompletionSource)state!).TrySetResult(), ended))
            await ended.Task.ConfigureAwait(false);
    }

    private async Task<(ISession Session, IReadOnlyList<IRegistration> Registrations)?> ReopenAsync()
    {
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                return await OpenAsync(_stopping.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return null;
            }
#pragma warning disable CA1031 // Whatever it is, the next attempt may succeed, and the log tells it.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                HostingLog.NotOpened(_logger, pause.TotalSeconds, exception.Message);
            }

            try
            {
                await Task.Delay(pause, _stopping.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return null;
            }
        }
    }

    private async Task CloseAsync(ISession session, IReadOnlyList<IRegistration> registrations)
    {
        var start = TimeProvider.System.GetTimestamp();
        try
        {
            await WithdrawAsync(registrations).WaitAsync(AnswerLimit).ConfigureAwait(false);
        }
        catch (TimeoutException exception)
        {
            HostingLog.NotWithdrawn(_logger, exception.Message);
        }

        while (opener.HasRequests(session) && !session.Closed.IsCancellationRequested)
        {
            if (TimeProvider.System.GetElapsedTime(start) > AnswerLimit)
            {
                HostingLog.NotAnswered(_logger, AnswerLimit.TotalSeconds);
                break;
            }

            await Task.Delay(Interval).ConfigureAwait(false);
        }

        await session.CloseAsync().ConfigureAwait(false);
    }

    private async Task WithdrawAsync(IReadOnlyList<IRegistration> registrations)
    {
        try
        {
            await Task.WhenAll(registrations.Select(static registration => registration.CloseAsync())).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The session is closed whatever happens here.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            HostingLog.NotWithdrawn(_logger, exception.Message);
        }
    }

    // Who waits for the session must not wait for ever; it may be that nobody waits at all.
    private void Refuse(string why)
    {
        if (_opening.TrySetException(new SessionClosedException(why)))
            _ = _opening.Task.Exception;
    }
}
