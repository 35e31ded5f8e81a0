using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;

namespace RabbitBridge.Cli.Demo.Remote;

/// <summary>Serves the page of the browser's session, hands commands to it and takes its replies.</summary>
internal sealed class PageServer : IAsyncDisposable
{
    private const int Attempts = 10;

    private readonly HttpListener _listener;
    private readonly Dictionary<string, (string Type, string File)> _files;
    private readonly Channel<string> _commands = Channel.CreateUnbounded<string>();
    private readonly Channel<string> _replies = Channel.CreateUnbounded<string>();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _serving;
    private bool _disposed;

    private PageServer(HttpListener listener, Uri address, string package)
    {
        (_listener, Address) = (listener, address);
        _files = new(StringComparer.Ordinal)
        {
            ["/"] = ("text/html", Path.Combine(ScriptFolder.Path, "page.html")),
            ["/participant.mjs"] = ("text/javascript", Path.Combine(ScriptFolder.Path, "participant.mjs")),
            ["/rabbitbridge.js"] = ("text/javascript", Path.Combine(package, "dist", "rabbitbridge.browser.js")),
        };
        _serving = ServeAsync();
    }

    public Uri Address { get; }

    public ChannelWriter<string> Commands => _commands.Writer;

    public ChannelReader<string> Replies => _replies.Reader;

    /// <param name="package">The folder of the built client.</param>
    public static PageServer Start(string package)
    {
        for (var attempt = 1; ; attempt++)
        {
            var address = new Uri($"http://127.0.0.1:{FreePort()}/");
            var listener = new HttpListener();
            listener.Prefixes.Add(address.AbsoluteUri);
            try
            {
                listener.Start();
                return new PageServer(listener, address, package);
            }
            catch (HttpListenerException) when (attempt < Attempts)
            {
                // Somebody else was quicker to take the port.
                ((IDisposable)listener).Dispose();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        _disposed = true;
        await _stopping.CancelAsync().ConfigureAwait(false);
        _listener.Stop();
        await _serving.ConfigureAwait(false);
        _listener.Close();
        _stopping.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task ServeAsync()
    {
        var answers = new List<Task>();
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                answers.Add(AnswerAsync(await _listener.GetContextAsync().ConfigureAwait(false)));
            }
            catch (Exception exception) when (_stopping.IsCancellationRequested && exception is HttpListenerException or ObjectDisposedException)
            {
                break;
            }
        }

        await Task.WhenAll(answers).ConfigureAwait(false);
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            await AnswerAsync(context.Request, context.Response).ConfigureAwait(false);
            context.Response.Close();
        }
        catch (Exception exception) when (exception is HttpListenerException or OperationCanceledException or ObjectDisposedException)
        {
            // The browser has gone, or is about to.
            context.Response.Abort();
        }
    }

    private async Task AnswerAsync(HttpListenerRequest request, HttpListenerResponse response)
    {
        // With these two, pages have a clock that is exact enough.
        response.Headers["Cross-Origin-Opener-Policy"] = "same-origin";
        response.Headers["Cross-Origin-Embedder-Policy"] = "require-corp";
        switch (request.Url?.AbsolutePath)
        {
            case "/next":
                var command = await _commands.Reader.ReadAsync(_stopping.Token).ConfigureAwait(false);
                await WriteAsync("application/json", Encoding.UTF8.GetBytes(command)).ConfigureAwait(false);
                break;
            case "/reply":
                using (var reader = new StreamReader(request.InputStream, Encoding.UTF8))
                    _replies.Writer.TryWrite(await reader.ReadToEndAsync(_stopping.Token).ConfigureAwait(false));
                response.StatusCode = (int)HttpStatusCode.NoContent;
                break;
            case { } path when _files.TryGetValue(path, out var file):
                await WriteAsync(file.Type, await File.ReadAllBytesAsync(file.File, _stopping.Token).ConfigureAwait(false)).ConfigureAwait(false);
                break;
            default:
                response.StatusCode = (int)HttpStatusCode.NotFound;
                break;
        }

        async Task WriteAsync(string type, byte[] content)
        {
            response.ContentType = $"{type}; charset=utf-8";
            response.ContentLength64 = content.Length;
            await response.OutputStream.WriteAsync(content, _stopping.Token).ConfigureAwait(false);
        }
    }
}
