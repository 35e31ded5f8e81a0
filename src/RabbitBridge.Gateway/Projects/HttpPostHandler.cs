using System.Net.Http.Headers;
using System.Text.Json;

namespace RabbitBridge.Gateway.Projects;

/// <summary>Posts messages to an address. A JSON body of the answer is the answer to a request.</summary>
internal sealed class HttpPostHandler(IHttpClientFactory clients, Uri url) : IMessageHandler
{
    /// <summary>The name of its clients.</summary>
    public const string Client = "rabbitbridge-projects";

    public async Task<object?> OnMessageAsync(ProjectMessage message, CancellationToken cancellationToken)
    {
        using var client = clients.CreateClient(Client);
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ReadOnlyMemoryContent(message.Json) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        Add(request, "RabbitBridge-Project", message.Project);
        Add(request, "RabbitBridge-Message-Handler", message.MessageHandler);
        Add(request, "RabbitBridge-Principal", message.Principal);
        using var response = await client.SendAsync(request, cancellationToken).ConfigureAwait(false);
        response.EnsureSuccessStatusCode();
        // Who answers a message with "OK" has handled it all the same.
        return IsJson(response.Content.Headers) ? await ReadAsync(response, cancellationToken).ConfigureAwait(false) : null;
    }

    // Escaped: names may have any letters, headers may not.
    private static void Add(HttpRequestMessage request, string header, string value) => request.Headers.Add(header, Uri.EscapeDataString(value));

    private static bool IsJson(HttpContentHeaders headers) =>
        headers is { ContentLength: not 0, ContentType.MediaType: { } type }
        && (type.Equals("application/json", StringComparison.OrdinalIgnoreCase) || type.EndsWith("+json", StringComparison.OrdinalIgnoreCase));

    private static async Task<object?> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        if (body.Length == 0)
            return null;
        using var document = JsonDocument.Parse(Utf8.WithoutMark(body.AsMemory()));
        return document.RootElement.Clone();
    }
}
