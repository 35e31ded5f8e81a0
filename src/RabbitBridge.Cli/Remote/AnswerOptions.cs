using System.CommandLine;
using RabbitBridge.Cli.Values;

namespace RabbitBridge.Cli.Remote;

/// <summary>The options of the verbs that answer requests: with the request itself, or with a fixed value.</summary>
internal sealed class AnswerOptions
{
    private readonly Option<bool> _echo = new("--echo") { Description = "Answer with the request." };
    private readonly Option<string?> _reply = new("--reply") { Description = "Answer with this value; - for what standard input has.", HelpName = "VALUE" };
    private readonly ValueOptions _values = new();

    public void AddTo(Command command)
    {
        command.AddAll([_echo, _reply, .. _values.All]);
        command.Validators.Add(result =>
        {
            if (new[] { result.GetValue(_echo), result.GetValue(_reply) is not null, _values.IsInFile(result) }.Count(static given => given) != 1)
                result.AddError($"{command.Name} needs one of --echo, --reply VALUE and --file FILE.");
        });
        _values.Check(command, result => result.GetValue(_reply) is { } text and not InputFile.StandardInput ? text : null);
    }

    /// <returns>The fixed value; <see langword="null"/> to answer with the request.</returns>
    /// <exception cref="FormatException">What is in the file is no value of the kind, or it cannot be read.</exception>
    public async Task<Payload?> ReadAsync(ParseResult result, CancellationToken cancellationToken) =>
        result.GetValue(_echo) ? null : await _values.ReadAsync(result, result.GetValue(_reply), cancellationToken).ConfigureAwait(false);
}
