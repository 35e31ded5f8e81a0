using System.CommandLine;
using System.CommandLine.Parsing;

namespace RabbitBridge.Cli.Values;

/// <summary>The option <c>--type</c>, and values that it explains.</summary>
internal sealed class ValueOptions
{
    private readonly Option<ValueKind> _kind = new("--type")
    {
        Description = "What the value is: text, json, int64, double, or binary, written in base64.",
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

    public Option Kind => _kind;

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

    public Payload Read(ParseResult result, string value) => PayloadParser.Parse(value, result.GetValue(_kind));
}
