using System.CommandLine;

namespace RabbitBridge.Cli.Doctor;

/// <summary>The doctor's options for the broker's user and password, and for its management API: a gateway's settings.</summary>
internal sealed class LoginArguments
{
    /// <summary>Has the password, which on a command line others could see.</summary>
    public const string PasswordVariable = "RABBITBRIDGE_AMQP_PASSWORD";

    private readonly Option<string?> _user = new("--user-name") { Description = "The broker's user, if --broker names none (RabbitMq:UserName).", HelpName = "NAME" };
    private readonly Option<string?> _userFile = new("--user-name-file") { Description = "A file with the user (RabbitMq:UserNameFile).", HelpName = "FILE" };
    private readonly Option<string?> _passwordFile = new("--password-file") { Description = $"A file with the password (RabbitMq:PasswordFile). {PasswordVariable} has it, too.", HelpName = "FILE" };

    private readonly Option<Uri?> _management = new("--management")
    {
        Description = "The broker's management API, as http://host:15672, to see what services have bound (RabbitMq:Management).",
        HelpName = "URI",
        CustomParser = static result =>
        {
            if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var uri))
                return uri;
            // Not repeated: it may hold a password.
            result.AddError("--management: the address of the management API is http://host:15672, or https.");
            return null;
        },
    };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _user, _userFile, _passwordFile, _management })
            command.Add(option);
    }

    public void Apply(ParseResult result, RabbitMqOptions options)
    {
        (options.UserName, options.UserNameFile, options.PasswordFile) = (result.GetValue(_user), result.GetValue(_userFile), result.GetValue(_passwordFile));
        options.Management = result.GetValue(_management);
        // A password in the environment may be for another call than this one.
        if ((options.UserName ?? options.UserNameFile) is not null && options.PasswordFile is null && Environment.GetEnvironmentVariable(PasswordVariable) is { Length: > 0 } password)
            options.Password = password;
    }
}
