using System.CommandLine;
using System.CommandLine.Parsing;

namespace RabbitBridge.Cli.Values;

/// <summary>A value: where it is given, and the option <c>--type</c> that explains it.</summary>
internal sealed class ValueOptions
{
    private readonly Option<ValueKind> _kind = new("--type")
    {
        Description = "What the value is: text, json, int64, double, or binary, which is written in base64, but is the bytes of a file as they are.",
        DefaultValueFactory = _ => ValueKind.Text,
        HelpName = "text|json|int64|double|binary",
        CustomParser = static result =>
        {
            if (Enum.TryParse<ValueKind>(result.Tokens[0].Value, ignoreCase: true, out var kind) && Enum.IsDefined(kind))
                return kind;
            result.AddError($"--type {result.Tokens[0].Value}: one of text, json, int64, double, binary.");
            return default;
        },
    };

    private readonly Option<string?> _file = new("--file") { Description = "The value is what is in this file; - for standard input.", HelpName = "FILE" };

    /// <summary>The options.</summary>
    public IReadOnlyList<Option> All => [_kind, _file];

    /// <summary>An argument for a value, in place of which there may be a file.</summary>
    public static Argument<string?> Argument(string description) => new("VALUE") { Description = $"{description} With - it is read from standard input.", Arity = ArgumentArity.ZeroOrOne };

    /// <summary>Whether the value is in a file.</summary>
    public bool IsInFile(SymbolResult result) => result.GetValue(_file) is not null;

    /// <summary>Sees that there is one value, and that it is of its kind, before anything is done. What is in a file is seen when it is read.</summary>
    public void CheckArgument(Command command, Argument<string?> value)
    {
        command.Validators.Add(result =>
        {
            if (result.GetValue(value) is null == result.GetValue(_file) is null)
                result.AddError($"{command.Name} needs one of VALUE and --file FILE.");
        });
        Check(command, result => result.GetValue(value) is { } text and not InputFile.StandardInput ? text : null);
    }

    /// <summary>Sees that a value is of its kind before anything is done.</summary>
    public void Check(Command command, Func<SymbolResult, string?> value) => command.Validators.Add(result =>
    {
        try
        {
            if (value(result) is { } text)
                PayloadParser.Parse(text, result.GetValue(_kind));
        }
        catch (FormatException exception)
        {
            result.AddError(exception.Message);
        }
        catch (InvalidOperationException)
        {
            // The value or --type is wrong by itself, and says so.
        }
    });

    /// <exception cref="FormatException">What is in the file is no value of the kind, or it cannot be read.</exception>
    public async Task<Payload> ReadAsync(ParseResult result, string? text, CancellationToken cancellationToken)
    {
        var kind = result.GetValue(_kind);
        return InputFile.Source(result.GetValue(_file), text) is { } source
            ? PayloadParser.Parse(await InputFile.ReadAsync(source, cancellationToken).ConfigureAwait(false), kind)
            : PayloadParser.Parse(text!, kind);
    }
}
