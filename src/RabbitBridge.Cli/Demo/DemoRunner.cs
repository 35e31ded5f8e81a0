using RabbitBridge.Cli.Demo.Remote;
using RabbitBridge.Cli.Workers;
using RabbitBridge.Testing;
using RabbitMQ.Client.Exceptions;

namespace RabbitBridge.Cli.Demo;

/// <summary>Takes the demo's steps until one fails, and cleans up in any case.</summary>
internal sealed class DemoRunner(DemoSettings settings, IDemoView view)
{
    private readonly List<DemoStep> _steps = [];

    /// <exception cref="OperationCanceledException">The token was cancelled; everything is cleaned up.</exception>
    public async Task<DemoReport> RunAsync(CancellationToken cancellationToken)
    {
        var world = new DemoWorld(view);
        try
        {
            foreach (var (title, take) in new DemoScript(world, settings).Steps.Concat(new RemoteScript(world.Remote, settings).Steps))
            {
                if (!await TakeAsync(title, () => take(cancellationToken)).ConfigureAwait(false))
                    break;
            }
        }
        finally
        {
            await TakeAsync("Nothing is left behind", async () => new DemoStep("", Passed: true, await world.EndAsync().ConfigureAwait(false)))
                .ConfigureAwait(false);
        }

        var report = new DemoReport(_steps.TrueForAll(step => step.Passed), _steps);
        view.End(report);
        return report;
    }

    private async Task<bool> TakeAsync(string title, Func<Task<DemoStep>> take)
    {
        DemoStep step;
        try
        {
            step = await take().ConfigureAwait(false) with { Title = title };
        }
        catch (Exception exception) when (exception
            is DemoFailedException or WorkerException or MessagingException or TestBrokerException or OperationInterruptedException
            or BrokerUnreachableException or IOException)
        {
            step = new DemoStep(title, Passed: false, exception.Message);
        }

        _steps.Add(step);
        view.Step(step);
        return step.Passed;
    }
}
