namespace RabbitBridge.Hosting;

/// <summary>Sends requests with the host's session.</summary>
internal sealed class RequestClient<TRequest, TResponse>(HostedSession session, string path) : IRequestClient<TRequest, TResponse>
{
    private static readonly TimeSpan DefaultLimit = TimeSpan.FromSeconds(10);

    public async Task<TResponse> SendAsync(TRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        var limit = options?.Timeout is { } timeout && timeout > TimeSpan.Zero ? timeout : DefaultLimit;
        ISession open;
        try
        {
            open = await session.GetAsync(limit, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException exception)
        {
            throw new RequestTimeOutException($"The request to '{path}' was not sent: the host has had no session for {limit.TotalSeconds} s.", exception);
        }

        return await open.Messages.SendRequestAsync<TRequest, TResponse>(path, request, options, cancellationToken).ConfigureAwait(false);
    }
}
