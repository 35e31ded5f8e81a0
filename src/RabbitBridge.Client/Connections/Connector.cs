using System.Text.Json;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using RabbitBridge.Remote;

namespace RabbitBridge.Client.Connections;

/// <summary>Makes connections to gateways, and opens or resumes sessions over them.</summary>
internal sealed class Connector(ClientOptions options)
{
    private const string HubPath = "/rabbitbridge";

    /// <summary>Connects to one gateway.</summary>
    /// <param name="address">The gateway.</param>
    /// <param name="resume">The session to go on with, or <see langword="null"/> for a new one.</param>
    /// <param name="onFrame">Takes frames.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="MessagingException">The gateway refuses, or does not answer.</exception>
    public async Task<(HubConnection Connection, OpenReply Reply)> ConnectAsync(
        Uri address, ResumeRequest? resume, Func<byte[], Task> onFrame, CancellationToken cancellationToken)
    {
        var connection = Build(address);
        try
        {
            connection.On("Frame", onFrame);
            await connection.StartAsync(cancellationToken).ConfigureAwait(false);
            var reply = await OpenAsync(connection, resume, cancellationToken).ConfigureAwait(false);
            if (resume is not null && reply.Error?.Reason == (int)ErrorReason.NoSuchSession)
                reply = await OpenAsync(connection, resume: null, cancellationToken).ConfigureAwait(false);
            if (reply.Error is { } error)
                throw MessagingException.For((ErrorReason)error.Reason, error.Message);
            return (connection, reply);
        }
        catch (Exception exception)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            if (exception is MessagingException || cancellationToken.IsCancellationRequested)
                throw;
            throw new CommunicationFailureException(AddressFault.Find(address, exception) ?? $"{address} does not answer as a gateway: {exception.Message}", exception);
        }
    }

    private static Uri Hub(Uri address) => new($"{address.GetLeftPart(UriPartial.Path).TrimEnd('/')}{HubPath}");

    private async Task<OpenReply> OpenAsync(HubConnection connection, ResumeRequest? resume, CancellationToken cancellationToken)
    {
        var request = resume is not null
            ? new OpenRequest { ClientType = "DOTNET", Resume = resume }
            : new OpenRequest
            {
                ClientType = "DOTNET",
                Principal = options.Principal,
                Password = options.Password,
                Token = options.Token is null ? null : await options.Token(cancellationToken).ConfigureAwait(false),
                Properties = options.Properties.ToDictionary(StringComparer.Ordinal),
                Project = options.Project,
                HostName = options.HostName,
            };
        var text = JsonSerializer.Serialize(request, RemoteJson.Default.OpenRequest);
        var reply = await connection.InvokeAsync<string>("Open", text, cancellationToken).ConfigureAwait(false);
        return JsonSerializer.Deserialize(reply, RemoteJson.Default.OpenReply)
            ?? throw new CommunicationFailureException("The gateway's answer is null.");
    }

    private HubConnection Build(Uri address)
    {
        var builder = new HubConnectionBuilder().WithUrl(Hub(address), options.Transports, http =>
        {
            if (options.ConfigureHttp is not { } configure)
                return;
            http.HttpMessageHandlerFactory = configure;
            // SignalR's WebSockets by themselves go past that handler, and so past a certificate or proxy that it brings.
            http.WebSocketFactory = async (context, cancellationToken) => await WebSockets.ConnectAsync(context, configure, cancellationToken).ConfigureAwait(false);
        });
        if (options.Protocol == ClientProtocol.MessagePack)
            builder.AddMessagePackProtocol();
        if (options.LoggerFactory is { } loggers)
            builder.Services.AddSingleton(loggers);
        return builder.Build();
    }
}
