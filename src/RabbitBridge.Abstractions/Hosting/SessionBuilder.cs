using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using RabbitBridge.Hosting;

namespace RabbitBridge;

/// <summary>
/// Names what a host does with its session: the handlers that it registers, and the requests that it sends. A host has one session, which is opened
/// when it starts if any of this is asked for, and is closed when it stops, after what its handlers have in hand is answered.
/// </summary>
/// <typeparam name="TBuilder">The builder itself, which each call returns.</typeparam>
public abstract class SessionBuilder<TBuilder>
    where TBuilder : SessionBuilder<TBuilder>
{
    private protected SessionBuilder(IServiceCollection services) => Services = services;

    /// <summary>The services of the host.</summary>
    public IServiceCollection Services { get; }

    /// <summary>
    /// Opens the host's session when it starts, and registers it as <see cref="ISession"/>, whose members throw <see cref="InvalidOperationException"/> while
    /// there is none. The methods for handlers and request clients do so, too.
    /// If the session is lost and another one follows, it has the host's handlers and what <see cref="OnSession"/> registers, and nothing else.
    /// </summary>
    /// <returns>The same builder.</returns>
    public TBuilder AddSession()
    {
        HostedSession.AddTo(Services);
        return (TBuilder)this;
    }

    /// <summary>Does something with each session that the host opens, after its handlers are registered: sets streams, adds listeners.</summary>
    /// <param name="opened">What to do. If it throws, the session is closed; the host does not start, or tries again where a session was lost.</param>
    /// <returns>The same builder.</returns>
    public TBuilder OnSession(Func<ISession, CancellationToken, Task> opened)
    {
        ArgumentNullException.ThrowIfNull(opened);
        Services.AddSingleton(new SessionOpened(opened));
        return AddSession();
    }

    /// <summary>
    /// Handles a branch of paths with a class of which each request gets an instance, from a service scope of its own. The class is registered as a
    /// scoped service unless the host has registered it before.
    /// </summary>
    /// <typeparam name="TRequest">The type of the requests.</typeparam>
    /// <typeparam name="TResponse">The type of the responses.</typeparam>
    /// <typeparam name="THandler">The class.</typeparam>
    /// <param name="path">The branch; <c>/</c> catches what no deeper handler takes.</param>
    /// <param name="options">What the handler wants; <see langword="null"/> for the defaults.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="InvalidPathException">The path is none.</exception>
    /// <exception cref="HandlerConflictException">The host has a handler for the path.</exception>
    public TBuilder AddHandler<TRequest, TResponse, [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(
        string path, RequestHandlerOptions? options = null)
        where THandler : class, IHandler<TRequest, TResponse>
    {
        Services.TryAddScoped<THandler>();
        return Add<TRequest, TResponse>(
            path, static (services, request, context, cancelled) => services.GetRequiredService<THandler>().HandleAsync(request, context, cancelled), options);
    }

    /// <summary>Handles a branch of paths with a function.</summary>
    /// <typeparam name="TRequest">The type of the requests.</typeparam>
    /// <typeparam name="TResponse">The type of the responses.</typeparam>
    /// <param name="path">The branch; <c>/</c> catches what no deeper handler takes.</param>
    /// <param name="handler">Gives the response. A <see cref="RejectedRequestException"/> that it throws rejects the request.</param>
    /// <param name="options">What the handler wants; <see langword="null"/> for the defaults.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="InvalidPathException">The path is none.</exception>
    /// <exception cref="HandlerConflictException">The host has a handler for the path.</exception>
    public TBuilder AddHandler<TRequest, TResponse>(
        string path, Func<TRequest, CancellationToken, ValueTask<TResponse>> handler, RequestHandlerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Add<TRequest, TResponse>(path, (_, request, _, cancelled) => handler(request, cancelled), options);
    }

    /// <summary>Handles a branch of paths with a function that is given a service of the request's scope, such as the <see cref="IRequestContext"/>.</summary>
    /// <typeparam name="TRequest">The type of the requests.</typeparam>
    /// <typeparam name="TService">The service.</typeparam>
    /// <typeparam name="TResponse">The type of the responses.</typeparam>
    /// <param name="path">The branch; <c>/</c> catches what no deeper handler takes.</param>
    /// <param name="handler">Gives the response. A <see cref="RejectedRequestException"/> that it throws rejects the request.</param>
    /// <param name="options">What the handler wants; <see langword="null"/> for the defaults.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="InvalidPathException">The path is none.</exception>
    /// <exception cref="HandlerConflictException">The host has a handler for the path.</exception>
    public TBuilder AddHandler<TRequest, TService, TResponse>(
        string path, Func<TRequest, TService, CancellationToken, ValueTask<TResponse>> handler, RequestHandlerOptions? options = null)
        where TService : notnull
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Add<TRequest, TResponse>(
            path, (services, request, _, cancelled) => handler(request, services.GetRequiredService<TService>(), cancelled), options);
    }

    /// <summary>Handles a branch of paths with a function that is given two services of the request's scope.</summary>
    /// <typeparam name="TRequest">The type of the requests.</typeparam>
    /// <typeparam name="TService1">The first service.</typeparam>
    /// <typeparam name="TService2">The second service.</typeparam>
    /// <typeparam name="TResponse">The type of the responses.</typeparam>
    /// <param name="path">The branch; <c>/</c> catches what no deeper handler takes.</param>
    /// <param name="handler">Gives the response. A <see cref="RejectedRequestException"/> that it throws rejects the request.</param>
    /// <param name="options">What the handler wants; <see langword="null"/> for the defaults.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="InvalidPathException">The path is none.</exception>
    /// <exception cref="HandlerConflictException">The host has a handler for the path.</exception>
    public TBuilder AddHandler<TRequest, TService1, TService2, TResponse>(
        string path, Func<TRequest, TService1, TService2, CancellationToken, ValueTask<TResponse>> handler, RequestHandlerOptions? options = null)
        where TService1 : notnull
        where TService2 : notnull
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Add<TRequest, TResponse>(
            path,
            (services, request, _, cancelled) => handler(request, services.GetRequiredService<TService1>(), services.GetRequiredService<TService2>(), cancelled),
            options);
    }

    /// <summary>Registers an <see cref="IRequestClient{TRequest, TResponse}"/> for the requests of one type.</summary>
    /// <typeparam name="TRequest">The type of the requests.</typeparam>
    /// <typeparam name="TResponse">The type of the responses.</typeparam>
    /// <param name="path">The path to which it sends them.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="InvalidPathException">The path is none.</exception>
    /// <exception cref="InvalidOperationException">There is one for these types already.</exception>
    public TBuilder AddRequestClient<TRequest, TResponse>(string path)
    {
        MessagePath.ParseTarget(path);
        if (Services.Any(static service => service.ServiceType == typeof(IRequestClient<TRequest, TResponse>)))
            throw new InvalidOperationException($"The host has a request client for {typeof(TRequest).Name} and {typeof(TResponse).Name} already; give each path request types of its own, or send with ISession.");
        Services.AddSingleton<IRequestClient<TRequest, TResponse>>(provider => new RequestClient<TRequest, TResponse>(provider.GetRequiredService<HostedSession>(), path));
        return AddSession();
    }

    private TBuilder Add<TRequest, TResponse>(
        string path, Func<IServiceProvider, TRequest, IRequestContext, CancellationToken, ValueTask<TResponse>> handler, RequestHandlerOptions? options)
    {
        var branch = MessagePath.Parse(path);
        // Told here, and not when the host starts: there the line that did it is far away.
        if (Services.Any(service => service.ImplementationInstance is HostedHandler other && other.Branch == branch))
            throw new HandlerConflictException($"The host has a handler for '{branch}' already.");
        Services.AddSingleton<HostedHandler>(new HostedHandler<TRequest, TResponse>(branch, handler, options));
        return AddSession();
    }
}
