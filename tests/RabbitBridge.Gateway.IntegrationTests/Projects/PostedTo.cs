using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace RabbitBridge.Gateway.IntegrationTests.Projects;

/// <summary>A service to which a gateway posts messages, on loopback. What it answers, the path says.</summary>
internal sealed class PostedTo : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly TaskCompletionSource _aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private PostedTo(WebApplication app) => _app = app;

    public ConcurrentQueue<PostedMessage> Messages { get; } = new();

    /// <summary>Completes when the gateway no longer waits for an answer that never comes.</summary>
    public Task Aborted => _aborted.Task.WaitAsync(TimeSpan.FromSeconds(60));

    public string Address => _app.Urls.First();

    public static async Task<PostedTo> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var service = new PostedTo(builder.Build());
        service._app.Run(service.AnswerAsync);
        await service._app.StartAsync();
        return service;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var (headers, path) = (context.Request.Headers, context.Request.Path.ToString());
        Messages.Enqueue(new PostedMessage(
            $"{context.Request.Method} {path}", context.Request.ContentType, $"{headers["RabbitBridge-Project"]}", $"{headers["RabbitBridge-Message-Handler"]}",
            $"{headers["RabbitBridge-Principal"]}", await reader.ReadToEndAsync()));
        switch (path)
        {
            case "/json":
                context.Response.ContentType = "application/json; charset=utf-8";
                await context.Response.WriteAsync("""{"tea":2}""");
                break;
            case "/text":
                await context.Response.WriteAsync("OK");
                break;
            case "/broken":
                context.Response.ContentType = "application/json";
                await context.Response.WriteAsync("{");
                break;
            case "/moved":
                context.Response.Redirect("/json");
                break;
            case "/never":
                using (context.RequestAborted.Register(() => _aborted.TrySetResult()))
                    await Aborted;
                break;
            default:
                context.Response.StatusCode = 503;
                break;
        }
    }
}
