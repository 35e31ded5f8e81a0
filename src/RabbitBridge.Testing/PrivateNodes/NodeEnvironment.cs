using System.Collections;

namespace RabbitBridge.Testing.PrivateNodes;

/// <summary>The variables that make a RabbitMQ node, its epmd and rabbitmqctl private to one folder and its ports.</summary>
internal static class NodeEnvironment
{
    public static IReadOnlyDictionary<string, string> Create(NodeFolder folder, string nodeName, int amqp, int distribution, int epmd)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in Environment.GetEnvironmentVariables())
        {
            // A variable meant for the machine's own node would lead this one to its data.
            if (entry is { Key: string name, Value: string value }
                && !name.StartsWith("RABBITMQ_", StringComparison.Ordinal) && !name.StartsWith("ERL_", StringComparison.Ordinal))
                variables[name] = value;
        }

        variables["HOME"] = folder.Root;
        variables["RABBITMQ_NODENAME"] = nodeName;
        variables["RABBITMQ_NODE_IP_ADDRESS"] = "127.0.0.1";
        variables["RABBITMQ_NODE_PORT"] = Text(amqp);
        variables["RABBITMQ_DIST_PORT"] = Text(distribution);
        variables["RABBITMQ_MNESIA_BASE"] = folder.Data;
        variables["RABBITMQ_LOG_BASE"] = Path.GetDirectoryName(folder.Log)!;
        variables["RABBITMQ_LOGS"] = folder.Log;
        variables["RABBITMQ_CONFIG_FILE"] = folder.ConfigurationFile;
        // Debian's names the machine's own node.
        variables["RABBITMQ_CONF_ENV_FILE"] = Path.Combine(folder.Root, "none");
        variables["RABBITMQ_ENABLED_PLUGINS_FILE"] = folder.PluginsFile;
        variables["RABBITMQ_PID_FILE"] = Path.Combine(folder.Root, "node.pid");
        variables["ERL_EPMD_PORT"] = Text(epmd);
        variables["ERL_EPMD_ADDRESS"] = "127.0.0.1";
        // Bound to loopback, the distribution port is nobody else's business.
        variables["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "-kernel inet_dist_use_interface {127,0,0,1}";
        // With input allowed the script becomes the server instead of its parent, so that one pid stands for the node.
        variables["RABBITMQ_ALLOW_INPUT"] = "1";
        variables["RABBITMQ_SERVER_START_ARGS"] = "-noinput";
        // Where a wake-up of a sleeping thread is dear, as in small virtual machines, this cuts the start to a third.
        variables["RABBITMQ_SCHEDULER_BUSY_WAIT_THRESHOLD"] = "short";
        return variables;
    }

    private static string Text(int port) => port.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
