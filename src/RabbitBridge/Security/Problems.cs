using RabbitBridge.Sessions;

namespace RabbitBridge.Security;

/// <summary>Collects what is wrong with the security settings, each with its key in the configuration.</summary>
internal sealed class Problems
{
    private readonly List<string> _all = [];

    public IReadOnlyList<string> All => _all;

    public void Add(string key, string problem) => _all.Add($"{SecurityOptions.SectionName}:{key}: {problem}");

    /// <summary>Role names must not be empty; all else goes.</summary>
    public void CheckRoles(string key, IList<string> roles)
    {
        for (var i = 0; i < roles.Count; i++)
        {
            if (string.IsNullOrWhiteSpace(roles[i]))
                Add($"{key}:{i}", "a role's name is empty; name a role, or leave the entry out.");
        }
    }

    public void CheckName(string key, string name, string what)
    {
        if (string.IsNullOrWhiteSpace(name))
            Add(key, $"the name of {what} is empty; at least one character is needed.");
    }

    /// <summary>The rules of user properties' keys.</summary>
    public void CheckPropertyKey(string key, string property) => Check(key, () => SessionChangeRules.CheckUserKey(property));

    /// <summary>The rules of properties' values.</summary>
    public void CheckPropertyValue(string key, string property, string value) => Check(key, () => SessionChangeRules.CheckValue(property, value));

    private void Check(string key, Action rule)
    {
        try
        {
            rule();
        }
        catch (ArgumentException exception)
        {
            // Without the name of the parameter, which the framework appends.
            Add(key, exception.Message.Split(" (Parameter", 2)[0]);
        }
    }

    /// <returns>The path, if it is one.</returns>
    public MessagePath? CheckPath(string key, string? text)
    {
        if (MessagePath.TryParse(text, out var path, out var problem))
            return path;
        Add(key, problem);
        return null;
    }
}
