namespace RabbitBridge;

/// <summary>Shorter forms of <see cref="IMessages"/>, which find the data types with <see cref="DataTypes.For{T}"/>.</summary>
public static class MessagesExtensions
{
    /// <inheritdoc cref="IMessages.AddRequestHandlerAsync{TRequest, TResponse}"/>
    public static Task<IRegistration> AddRequestHandlerAsync<TRequest, TResponse>(
        this IMessages messages,
        string path,
        IRequestHandler<TRequest, TResponse> handler,
        RequestHandlerOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        return messages.AddRequestHandlerAsync(path, handler, DataTypes.For<TRequest>(), DataTypes.For<TResponse>(), options, cancellationToken);
    }

    /// <summary>Registers a function as the handler of a branch.</summary>
    /// <typeparam name="TRequest">The type of the requests.</typeparam>
    /// <typeparam name="TResponse">The type of the responses.</typeparam>
    /// <param name="messages">The session's Messages feature.</param>
    /// <param name="path">The branch; <c>/</c> catches what no deeper handler takes.</param>
    /// <param name="handler">Gives the response. A <see cref="RejectedRequestException"/> that it throws rejects the request.</param>
    /// <param name="options">What the handler wants; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Gives up the registration.</param>
    /// <returns>The registration, which can be closed.</returns>
    public static Task<IRegistration> AddRequestHandlerAsync<TRequest, TResponse>(
        this IMessages messages,
        string path,
        Func<TRequest, IRequestContext, CancellationToken, ValueTask<TResponse>> handler,
        RequestHandlerOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return messages.AddRequestHandlerAsync(path, new FunctionRequestHandler<TRequest, TResponse>(handler), options, cancellationToken);
    }

    /// <inheritdoc cref="IMessages.SendRequestAsync{TRequest, TResponse}(string, TRequest, DataType{TRequest}, DataType{TResponse}, RequestOptions?, CancellationToken)"/>
    public static Task<TResponse> SendRequestAsync<TRequest, TResponse>(
        this IMessages messages,
        string path,
        TRequest request,
        RequestOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        return messages.SendRequestAsync(path, request, DataTypes.For<TRequest>(), DataTypes.For<TResponse>(), options, cancellationToken);
    }

    /// <inheritdoc cref="IMessages.SendRequestAsync{TRequest, TResponse}(SessionId, string, TRequest, DataType{TRequest}, DataType{TResponse}, RequestOptions?, CancellationToken)"/>
    public static Task<TResponse> SendRequestAsync<TRequest, TResponse>(
        this IMessages messages,
        SessionId session,
        string path,
        TRequest request,
        RequestOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        return messages.SendRequestAsync(session, path, request, DataTypes.For<TRequest>(), DataTypes.For<TResponse>(), options, cancellationToken);
    }

    /// <inheritdoc cref="IMessages.SendRequestToFilterAsync{TRequest, TResponse}(SessionFilter, string, TRequest, IFilteredRequestCallback{TResponse}, DataType{TRequest}, DataType{TResponse}, RequestOptions?, CancellationToken)"/>
    /// <exception cref="InvalidFilterException">The filter cannot be parsed.</exception>
    public static Task<int> SendRequestToFilterAsync<TRequest, TResponse>(
        this IMessages messages,
        string filter,
        string path,
        TRequest request,
        IFilteredRequestCallback<TResponse> callback,
        RequestOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        return messages.SendRequestToFilterAsync(
            SessionFilter.Parse(filter), path, request, callback, DataTypes.For<TRequest>(), DataTypes.For<TResponse>(), options, cancellationToken);
    }

    /// <inheritdoc cref="IMessages.SendRequestToFilterAsync{TRequest, TResponse}(SessionFilter, string, TRequest, DataType{TRequest}, DataType{TResponse}, RequestOptions?, CancellationToken)"/>
    /// <exception cref="InvalidFilterException">The filter cannot be parsed.</exception>
    public static IAsyncEnumerable<FilteredResponse<TResponse>> SendRequestToFilterAsync<TRequest, TResponse>(
        this IMessages messages,
        string filter,
        string path,
        TRequest request,
        RequestOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        return messages.SendRequestToFilterAsync(
            SessionFilter.Parse(filter), path, request, DataTypes.For<TRequest>(), DataTypes.For<TResponse>(), options, cancellationToken);
    }

    /// <inheritdoc cref="IMessages.SendRequestToFilterAsync{TRequest, TResponse}(SessionFilter, string, TRequest, IFilteredRequestCallback{TResponse}, DataType{TRequest}, DataType{TResponse}, RequestOptions?, CancellationToken)"/>
    public static Task<int> SendRequestToFilterAsync<TRequest, TResponse>(
        this IMessages messages,
        SessionFilter filter,
        string path,
        TRequest request,
        IFilteredRequestCallback<TResponse> callback,
        RequestOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        return messages.SendRequestToFilterAsync(filter, path, request, callback, DataTypes.For<TRequest>(), DataTypes.For<TResponse>(), options, cancellationToken);
    }

    /// <inheritdoc cref="IMessages.SendRequestToFilterAsync{TRequest, TResponse}(SessionFilter, string, TRequest, DataType{TRequest}, DataType{TResponse}, RequestOptions?, CancellationToken)"/>
    public static IAsyncEnumerable<FilteredResponse<TResponse>> SendRequestToFilterAsync<TRequest, TResponse>(
        this IMessages messages,
        SessionFilter filter,
        string path,
        TRequest request,
        RequestOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        return messages.SendRequestToFilterAsync(filter, path, request, DataTypes.For<TRequest>(), DataTypes.For<TResponse>(), options, cancellationToken);
    }

    /// <inheritdoc cref="IMessages.SendRequestToFilterAsync{TRequest, TResponse}(SessionFilter, string, TRequest, IFilteredRequestCallback{TResponse}, DataType{TRequest}, DataType{TResponse}, RequestOptions?, CancellationToken)"/>
    /// <exception cref="InvalidFilterException">The filter cannot be parsed.</exception>
    public static Task<int> SendRequestToFilterAsync<TRequest, TResponse>(
        this IMessages messages,
        string filter,
        string path,
        TRequest request,
        IFilteredRequestCallback<TResponse> callback,
        DataType<TRequest> requestType,
        DataType<TResponse> responseType,
        RequestOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        return messages.SendRequestToFilterAsync(SessionFilter.Parse(filter), path, request, callback, requestType, responseType, options, cancellationToken);
    }

    /// <inheritdoc cref="IMessages.SendRequestToFilterAsync{TRequest, TResponse}(SessionFilter, string, TRequest, DataType{TRequest}, DataType{TResponse}, RequestOptions?, CancellationToken)"/>
    /// <exception cref="InvalidFilterException">The filter cannot be parsed.</exception>
    public static IAsyncEnumerable<FilteredResponse<TResponse>> SendRequestToFilterAsync<TRequest, TResponse>(
        this IMessages messages,
        string filter,
        string path,
        TRequest request,
        DataType<TRequest> requestType,
        DataType<TResponse> responseType,
        RequestOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        return messages.SendRequestToFilterAsync(SessionFilter.Parse(filter), path, request, requestType, responseType, options, cancellationToken);
    }

    /// <inheritdoc cref="IMessages.SetRequestStream{TRequest, TResponse}"/>
    public static IRequestStream? SetRequestStream<TRequest, TResponse>(
        this IMessages messages, string path, IRequestStream<TRequest, TResponse> stream)
    {
        ArgumentNullException.ThrowIfNull(messages);
        return messages.SetRequestStream(path, stream, DataTypes.For<TRequest>(), DataTypes.For<TResponse>());
    }

    /// <summary>Sets a function as the stream that answers requests sent to this session at exactly this path.</summary>
    /// <typeparam name="TRequest">The type of the requests.</typeparam>
    /// <typeparam name="TResponse">The type of the responses.</typeparam>
    /// <param name="messages">The session's Messages feature.</param>
    /// <param name="path">The message path.</param>
    /// <param name="stream">Gives the response. A <see cref="RejectedRequestException"/> that it throws rejects the request.</param>
    /// <returns>The stream that was set before, after its <c>OnClose</c>; <see langword="null"/> if there was none.</returns>
    public static IRequestStream? SetRequestStream<TRequest, TResponse>(
        this IMessages messages, string path, Func<string, TRequest, CancellationToken, ValueTask<TResponse>> stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return messages.SetRequestStream(path, new FunctionRequestStream<TRequest, TResponse>(stream));
    }
}
