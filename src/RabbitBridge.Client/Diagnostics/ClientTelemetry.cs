using System.Diagnostics;
using RabbitBridge.Remote;

namespace RabbitBridge.Client.Diagnostics;

/// <summary>The client's spans. They have the names and attributes of those that a gateway makes for sessions of its own.</summary>
internal static class Tracing
{
    private const string Send = "send";
    private const string Process = "process";

    private static readonly ActivitySource Source = new("RabbitBridge");

    /// <summary>Starts the span of a request, in whatever span its sender is in.</summary>
    public static Activity? StartSend(string path, SessionId sender)
    {
        if (!Source.HasListeners())
            return null;
        return StartSend(path, sender, ActivityKind.Client);
    }

    /// <summary>Starts the span of a project message, or of a request to a gateway's message handler.</summary>
    public static Activity? StartProjectSend(string project, string messageHandler, SessionId sender, bool isRequest) => Source.HasListeners()
        ? StartSend(ProjectDestination(project, messageHandler), sender, isRequest ? ActivityKind.Client : ActivityKind.Producer)
        : null;

    /// <summary>Starts the span in which a message handler runs.</summary>
    public static Activity? StartProjectProcess(ProjectMessage message)
    {
        if (!Source.HasListeners())
            return null;
        ActivityContext.TryParse(message.TraceParent, null, isRemote: true, out var parent);
        return Describe(Source.StartActivity(Process, ActivityKind.Consumer, parent), Process, ProjectDestination(message.Project, message.MessageHandler));
    }

    /// <summary>Has a span tell of an error.</summary>
    public static void Fail(Activity? activity, string error) => activity?.SetStatus(ActivityStatusCode.Error, error).SetTag("error.type", error);

    /// <summary>Ends the span of a request together with the request.</summary>
    public static void EndWith(Activity? activity, Task response)
    {
        if (activity is null)
            return;
        response.ContinueWith(
            static (task, state) => End((Activity)state!, task.IsCanceled ? "Cancelled" : Reason(task.Exception?.InnerException)),
            activity,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    /// <summary>Ends the span of a request that could not be sent.</summary>
    public static void End(Activity? activity, MessagingException exception)
    {
        if (activity is not null)
            End(activity, Reason(exception));
    }

    /// <summary>Starts the span in which a request is handled.</summary>
    public static Activity? StartProcess(RemoteMessage request)
    {
        if (!Source.HasListeners())
            return null;
        ActivityContext.TryParse(request.TraceParent, null, isRemote: true, out var parent);
        return Describe(Source.StartActivity(Process, ActivityKind.Server, parent), Process, request.Path);
    }

    private static string? Reason(Exception? exception) => exception is MessagingException known ? known.Reason.ToString() : exception?.GetType().FullName;

    private static void End(Activity activity, string? error)
    {
        if (error is not null)
            Fail(activity, error);
        var outer = Activity.Current;
        activity.Stop();
        Restore(outer);
    }

    private static Activity? StartSend(string destination, SessionId sender, ActivityKind kind)
    {
        var outer = Activity.Current;
        var activity = Source.StartActivity(Send, kind);
        // The sender goes on while the request is under way: what it does next is not part of it.
        Restore(outer);
        Describe(activity, Send, destination)?.SetTag("rabbitbridge.session.id", sender.ToString());
        return activity;
    }

    private static string ProjectDestination(string project, string messageHandler) => $"{project}/{messageHandler}";

    private static void Restore(Activity? outer)
    {
        if (Activity.Current != outer)
            Activity.Current = outer;
    }

    private static Activity? Describe(Activity? activity, string operation, string destination) => activity?
        .SetTag("messaging.system", "rabbitmq")
        .SetTag("messaging.operation.name", operation)
        .SetTag("messaging.operation.type", operation)
        .SetTag("messaging.destination.name", destination);
}
