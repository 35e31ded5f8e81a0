using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace RabbitBridge.Cli.Remote;

/// <summary>The options of all verbs that are clients of a gateway.</summary>
internal sealed class ConnectionOptions
{
    private const string AddressVariable = "RABBITBRIDGE_ADDRESS";
    private const string PasswordVariable = "RABBITBRIDGE_PASSWORD";
    private const string TokenVariable = "RABBITBRIDGE_TOKEN";
    private const string DefaultAddress = "http://localhost:5000";

    private readonly Option<Uri[]> _addresses = new("--address")
    {
        Description = $"A gateway, such as https://gateway.example.com; several as several options. Default: {AddressVariable}, else {DefaultAddress}.",
        HelpName = "URL",
        CustomParser = static result => [.. result.Tokens.Select(token => Address(token.Value, "--address", result)).OfType<Uri>()],
    };

    private readonly Option<string?> _principal = new("--principal") { Description = "Who connects. Default: anonymous.", HelpName = "NAME" };
    private readonly Option<string?> _password = new("--password")
    {
        Description = $"The principal's password. Others on this machine can see it: better set {PasswordVariable}.",
        HelpName = "PASSWORD",
    };

    private readonly Option<string?> _token = new("--token") { Description = $"A bearer token. Better set {TokenVariable}.", HelpName = "TOKEN" };
    private readonly Option<TimeSpan?> _timeout = new("--timeout")
    {
        Description = "How many seconds connecting may take, and then the request. Default: 10 for connecting, and the gateway's for the request.",
        HelpName = "SECONDS",
        CustomParser = static result =>
        {
            var text = result.Tokens[0].Value;
            if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= 86400)
                return TimeSpan.FromSeconds(seconds);
            result.AddError($"--timeout {text}: more than 0 and at most 86400 seconds.");
            return null;
        },
    };

    private readonly Option<bool> _json = new("--json") { Description = "Print JSON, one object a line." };

    /// <summary>Adds them to a verb.</summary>
    /// <param name="command">The verb.</param>
    /// <param name="hasDefaultAddress">Whether there are addresses also where none is given.</param>
    public void AddTo(Command command, bool hasDefaultAddress = true)
    {
        foreach (var option in new Option[] { _addresses, _principal, _password, _token, _timeout, _json })
            command.Add(option);
        if (!hasDefaultAddress)
            _addresses.Description = "A gateway to look at, too; several as several options. Default: none.";
        command.Validators.Add(result =>
        {
            if (hasDefaultAddress && result.GetResult(_addresses) is null)
                _ = FromEnvironment(result);
            if (result.GetValue(_password) is not null && result.GetValue(_principal) is null)
                result.AddError("--password needs --principal, whose it is.");
        });
    }

    public bool Json(ParseResult result) => result.GetValue(_json);

    public TimeSpan? Timeout(ParseResult result) => result.GetValue(_timeout);

    /// <summary>The addresses that the command line names.</summary>
    public IReadOnlyList<Uri> Given(ParseResult result) => result.GetValue(_addresses) ?? [];

    /// <summary>How to connect to the gateways that the command line names, or else the environment.</summary>
    public ClientOptions Read(ParseResult result) => Read(result, Given(result) is { Count: > 0 } given ? given : FromEnvironment(null));

    public ClientOptions Read(ParseResult result, IReadOnlyList<Uri> addresses)
    {
        var principal = result.GetValue(_principal);
        var token = Token(result);
        var options = new ClientOptions
        {
            Addresses = addresses,
            Principal = principal,
            Password = principal is null ? null : result.GetValue(_password) ?? Variable(PasswordVariable),
            Token = token is null ? null : _ => Task.FromResult(token),
        };
        return Timeout(result) is { } timeout ? options with { ConnectTimeout = timeout } : options;
    }

    /// <summary>What to say of the token if it is not accepted; <see langword="null"/> if there is none, or it has not expired.</summary>
    public string? ExpiredToken(ParseResult result) => TokenExpiry.Find(Token(result), TimeProvider.System.GetUtcNow());

    private string? Token(ParseResult result) => result.GetValue(_token) ?? Variable(TokenVariable);

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    private static Uri[] FromEnvironment(SymbolResult? result)
    {
        var texts = (Variable(AddressVariable) ?? DefaultAddress).Split([',', ' '], StringSplitOptions.RemoveEmptyEntries);
        return [.. texts.Select(text => Address(text, AddressVariable, result)).OfType<Uri>()];
    }

    private static Uri? Address(string text, string from, SymbolResult? result)
    {
        if (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https")
            return uri;
        result?.AddError($"{from} {text}: the address of a gateway begins with http:// or https://.");
        return null;
    }
}
