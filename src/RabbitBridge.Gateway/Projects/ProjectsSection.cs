using System.Globalization;
using System.Text;
using RabbitBridge.Gateway.Hosting;
using RabbitBridge.Settings;

namespace RabbitBridge.Gateway.Projects;

/// <summary>Reads the section <c>Projects</c>, and tells all its mistakes at once.</summary>
internal sealed class ProjectsSection
{
    private const string Http = "Http";
    private const string Amqp = "Amqp";
    private const int MaxNameBytes = 255;

    private static readonly TimeSpan MaxTimeLimit = TimeSpan.FromHours(1);

    private readonly List<string> _problems;
    private readonly FabricKind _fabric;

    private ProjectsSection(FabricKind fabric, List<string> problems) => (_fabric, _problems) = (fabric, problems);

    /// <param name="projects">The section.</param>
    /// <param name="fabric">What connects the gateway.</param>
    /// <param name="problems">Takes its mistakes.</param>
    public static IReadOnlyList<ConfiguredHandler> Read(IConfigurationSection projects, FabricKind fabric, List<string> problems)
    {
        var section = new ProjectsSection(fabric, problems);
        return [.. projects.GetChildren().SelectMany(project =>
        {
            section.CheckName(project);
            return project.GetChildren().Select(handler => section.ReadHandler(project.Key, handler));
        })];
    }

    private ConfiguredHandler ReadHandler(string project, IConfigurationSection section)
    {
        CheckName(section);
        CheckKeys(section, Http, Amqp, nameof(MessageHandlerOptions.Threading), nameof(MessageHandlerOptions.Roles));
        var (http, amqp) = (section.GetSection(Http), section.GetSection(Amqp));
        var handler = new ConfiguredHandler(project, section.Key, new MessageHandlerOptions { Threading = ReadThreading(section), Roles = ReadRoles(section) });
        if (http.Exists() == amqp.Exists())
        {
            _problems.Add($"{section.Path}: it has {(http.Exists() ? "both Http and Amqp" : "neither Http nor Amqp")}; exactly one of them is allowed.");
            return handler;
        }

        return http.Exists() ? ReadHttp(handler, http) : ReadAmqp(handler, amqp);
    }

    private ConfiguredHandler ReadHttp(ConfiguredHandler handler, IConfigurationSection http)
    {
        CheckKeys(http, "Url", "TimeLimit");
        if (!Uri.TryCreate(http["Url"], UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            _problems.Add($"{http.Path}:Url {ShownSetting.Address(http["Url"])}: an address such as https://service.example.com/messages.");
        else if (url.UserInfo.Length > 0)
            // It is not repeated: it has a password in it, which must not come into a log.
            _problems.Add($"{http.Path}:Url: it has a user or password, which would not be sent; an address without them is allowed.");
        var limit = handler.Options.TimeLimit;
        if (http["TimeLimit"] is { } text && (!TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out limit) || limit < TimeSpan.FromMilliseconds(1) || limit > MaxTimeLimit))
            _problems.Add($"{http.Path}:TimeLimit '{text}': from 00:00:00.001 to {MaxTimeLimit}.");
        return handler with { Url = url, Options = handler.Options with { TimeLimit = limit } };
    }

    private ConfiguredHandler ReadAmqp(ConfiguredHandler handler, IConfigurationSection amqp)
    {
        CheckKeys(amqp, "Exchange", "RoutingKey", "Queue");
        if (_fabric != FabricKind.RabbitMq)
            _problems.Add($"{amqp.Path}: it needs a broker, and Fabric is {_fabric}; only {FabricKind.RabbitMq} is allowed with it.");
        var (exchange, key, queue) = (amqp["Exchange"], amqp["RoutingKey"], amqp["Queue"]);
        foreach (var (name, value) in new[] { ("Exchange", exchange), ("RoutingKey", key), ("Queue", queue) })
        {
            if (value is not null && Encoding.UTF8.GetByteCount(value) > MaxNameBytes)
                _problems.Add($"{amqp.Path}:{name} '{value}': at most {MaxNameBytes} bytes.");
        }

        var isQueue = !string.IsNullOrEmpty(queue) && exchange is null && key is null;
        if (!isQueue && (string.IsNullOrEmpty(exchange) || queue is not null))
            _problems.Add($"{amqp.Path}: either Exchange, with a RoutingKey or without, or Queue alone is allowed, and neither is empty.");
        return handler with { Exchange = exchange ?? string.Empty, RoutingKey = (isQueue ? queue : key) ?? string.Empty };
    }

    private HandlerThreading ReadThreading(IConfigurationSection section)
    {
        if (section[nameof(MessageHandlerOptions.Threading)] is not { } text)
            return HandlerThreading.Shared;
        if (Enum.TryParse<HandlerThreading>(text, ignoreCase: true, out var threading) && Enum.GetNames<HandlerThreading>().Contains(text, StringComparer.OrdinalIgnoreCase))
            return threading;
        _problems.Add($"{section.Path}:Threading '{text}': one of {string.Join(", ", Enum.GetNames<HandlerThreading>())}.");
        return default;
    }

    private List<string> ReadRoles(IConfigurationSection section)
    {
        var roles = section.GetSection(nameof(MessageHandlerOptions.Roles));
        // A handler that is meant for some must not be open to all because a list was written as one word.
        if (roles.Value is { Length: > 0 } text)
            _problems.Add($"{roles.Path} '{text}': a list, such as {roles.Path}:0.");
        foreach (var role in roles.GetChildren().Where(static role => string.IsNullOrWhiteSpace(role.Value)))
            _problems.Add($"{role.Path} '{role.Value}': a role's name.");
        return [.. roles.GetChildren().Select(static role => role.Value).OfType<string>()];
    }

    private void CheckName(IConfigurationSection section)
    {
        if (!ProjectPayload.IsName(section.Key))
            _problems.Add($"{section.Path}: a name {ProjectPayload.NameRule}.");
        // With one part too few it would silently be no handler at all.
        if (!section.GetChildren().Any())
            _problems.Add($"{section.Path} {ShownSetting.Value(section.Path, section.Value ?? string.Empty)}: a section; handlers are Projects:PROJECT:HANDLER with Http or Amqp.");
    }

    private void CheckKeys(IConfigurationSection section, params string[] known)
    {
        foreach (var child in section.GetChildren().Where(child => !known.Contains(child.Key, StringComparer.OrdinalIgnoreCase)))
            _problems.Add(SettingsSection.Unknown(child, section, known));
    }
}
