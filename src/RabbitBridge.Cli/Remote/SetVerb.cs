using System.CommandLine;
using RabbitBridge.Sessions;

namespace RabbitBridge.Cli.Remote;

/// <summary><c>rabbitbridge set</c>: changes properties or roles of a session, or of all that a filter selects.</summary>
internal static class SetVerb
{
    public static Command Create()
    {
        var target = RemoteCommand.SessionOrFilter();
        var properties = new Argument<string[]>("KEY=VALUE") { Description = "Properties and their new values.", Arity = ArgumentArity.ZeroOrMore };
        var remove = List("--remove", "A property to remove", "KEY");
        var addRoles = List("--add-role", "A role to give", "ROLE");
        var removeRoles = List("--remove-role", "A role to take away", "ROLE");
        var command = new Command("set", "Changes properties and roles of a session, or either of all that a filter selects, and prints how many sessions these are.")
        {
            target, properties, remove, addRoles, removeRoles,
        };
        command.Validators.Add(result =>
        {
            foreach (var property in (result.GetValue(properties) ?? []).Where(static property => property.IndexOf('=', StringComparison.Ordinal) < 1))
                result.AddError($"{property}: a property is given as KEY=VALUE; --remove KEY removes one.");
            var values = Values(result.GetValue(properties), result.GetValue(remove));
            var roles = (Given: result.GetValue(addRoles) ?? [], Taken: result.GetValue(removeRoles) ?? []);
            if (values.Count == 0 && roles.Given.Length + roles.Taken.Length == 0)
                result.AddError("set needs KEY=VALUE, --remove, --add-role or --remove-role.");
            // One after the other: the first change might have the filter select others for the second.
            else if (values.Count > 0 && roles.Given.Length + roles.Taken.Length > 0 && result.GetValue(target) is { } text && !SessionId.TryParse(text, out _))
                result.AddError("With a filter set changes either properties or roles; a session's both may be changed at once.");
            try
            {
                SessionChangeRules.Normalise(values);
                if (roles.Given.Length + roles.Taken.Length > 0)
                    SessionChangeRules.CheckRoles(roles.Taken, roles.Given);
            }
            catch (ArgumentException exception)
            {
                result.AddError(exception.Message);
            }
        });
        command.SetRemoteAction(new ConnectionOptions(), async (result, remote, view, cancellationToken) =>
        {
            var (session, filter) = RemoteCommand.SplitTarget(result.GetRequiredValue(target));
            var values = Values(result.GetValue(properties), result.GetValue(remove));
            var (given, taken) = (result.GetValue(addRoles) ?? [], result.GetValue(removeRoles) ?? []);
            var changed = 1;
            if (values.Count > 0)
            {
                if (session is { } id)
                    await remote.Sessions.SetPropertiesAsync(id, values, cancellationToken).ConfigureAwait(false);
                else
                    changed = await remote.Sessions.SetPropertiesAsync(filter!, values, cancellationToken).ConfigureAwait(false);
            }

            if (given.Length + taken.Length > 0)
            {
                if (session is { } id)
                    await remote.Sessions.ChangeRolesAsync(id, taken, given, cancellationToken).ConfigureAwait(false);
                else
                    changed = await remote.Sessions.ChangeRolesAsync(filter!, taken, given, cancellationToken).ConfigureAwait(false);
            }

            view.Changed(changed);
            return ExitCodes.Done;
        });
        return command;
    }

    private static Dictionary<string, string?> Values(string[]? properties, string[]? removed)
    {
        var values = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var property in properties ?? [])
        {
            if (property.IndexOf('=', StringComparison.Ordinal) is >= 1 and var end)
                values[property[..end]] = property[(end + 1)..];
        }

        foreach (var key in removed ?? [])
            values[key] = null;
        return values;
    }

    private static Option<string[]> List(string name, string description, string helpName) => new(name) { Description = $"{description}; several as several options.", HelpName = helpName };
}
