using RabbitBridge.RabbitMq.Services;

namespace RabbitBridge.Cli.Doctor;

/// <summary>Tells which queues services have bound by themselves, and what sessions see of them.</summary>
internal sealed class BoundQueuesProbe(RabbitMqOptions options)
{
    private const string Check = "bound queues";

    public async Task<IReadOnlyList<Finding>> ExamineAsync(CancellationToken cancellationToken)
    {
        if (options.Management is null)
        {
            return
            [
                Finding.Unknown(
                    Check,
                    "AMQP does not tell which queues services have bound by themselves. Sessions reach such a queue only where no handler or service of a gateway is on a less specific branch; plain callers always do.",
                    "Give --management to see them, and the gateways RabbitMq:Management; or name each queue with `rabbitbridge services add`."),
            ];
        }

        try
        {
            using var management = new ManagementApi(options);
            var bound = await management.ListAsync(cancellationToken).ConfigureAwait(false);
            return
            [
                Finding.Ok(Check, bound.Branches.Count == 0 ? "none" : string.Join(", ", bound.Branches.Select(static each => $"{each.Path}: {each.Queue}"))),
                .. bound.Others.Select(static other => Finding.Warning(
                    Check, $"No session reaches {other}.", "Bind it by 'SEGMENTS.#' at the level of that many segments, or name it with `rabbitbridge services add`.")),
            ];
        }
        catch (CommunicationFailureException exception)
        {
            return [Finding.Problem(Check, exception.Message, "See that the plugin rabbitmq_management is enabled, and that --management is its address (port 15672).")];
        }
    }
}
