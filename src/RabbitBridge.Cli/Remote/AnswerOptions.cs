using System.CommandLine;
using RabbitBridge.Cli.Values;

namespace RabbitBridge.Cli.Remote;

/// <summary>The options of the verbs that answer requests: with the request itself, or with a fixed value.</summary>
internal sealed class AnswerOptions
{
    private readonly Option<bool> _echo = new("--echo") { Description = "Answer with the request." };
    private readonly Option<string?> _reply = new("--reply") { Description = "Answer with this value.", HelpName = "VALUE" };
    private readonly ValueOptions _values = new();

    public void AddTo(Command command)
    {
        foreach (var option in new[] { _echo, _reply, _values.Kind })
            command.Add(option);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_echo) == result.GetValue(_reply) is not null)
                result.AddError($"{command.Name} needs one of --echo and --reply VALUE.");
        });
        _values.Check(command, result => result.GetValue(_reply));
    }

    /// <returns>The fixed value; <see langword="null"/> to answer with the request.</returns>
    public Payload? Read(ParseResult result) => result.GetValue(_reply) is { } text ? _values.Read(result, text) : null;
}
