using System.CommandLine;

namespace RabbitBridge.Cli.Doctor;

/// <summary>The doctor's options for TLS with the broker: a gateway's settings, so that both see the same.</summary>
internal sealed class TlsArguments
{
    /// <summary>Has the password of a key or of a PKCS #12 file.</summary>
    public const string PasswordVariable = "RABBITBRIDGE_TLS_PASSWORD";

    private readonly Option<string?> _caFile = new("--ca-file") { Description = "The authorities that may have signed the broker's certificate, as PEM (RabbitMq:Tls:CaFile).", HelpName = "FILE" };
    private readonly Option<bool> _trustSystemToo = new("--trust-system-too") { Description = "The system's authorities are trusted besides those of --ca-file." };
    private readonly Option<string?> _serverName = new("--server-name") { Description = "The name that the broker's certificate must be for. Default: the host.", HelpName = "NAME" };
    private readonly Option<string?> _certificate = new("--certificate") { Description = "A certificate to show to the broker, as PEM; with --key.", HelpName = "FILE" };
    private readonly Option<string?> _key = new("--key") { Description = $"Its key, as PEM; {PasswordVariable} opens it, if it is encrypted.", HelpName = "FILE" };
    private readonly Option<string?> _pfx = new("--pfx") { Description = $"The same two in one file, PKCS #12, which {PasswordVariable} opens.", HelpName = "FILE" };
    private readonly Option<bool> _external = new("--external") { Description = "Logs in by the certificate (EXTERNAL), as the user in the URI." };
    private readonly Option<bool> _acceptAny = new("--accept-any-server") { Description = "Does not check the broker's certificate: for finding a fault only." };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _caFile, _trustSystemToo, _serverName, _certificate, _key, _pfx, _external, _acceptAny })
            command.Add(option);
    }

    /// <summary>What a gateway would be given.</summary>
    public RabbitMqOptions Read(ParseResult result, Uri broker, string prefix)
    {
        var options = new RabbitMqOptions { Uri = broker, Prefix = prefix };
        var tls = options.Tls;
        (tls.CaFile, tls.TrustSystemToo, tls.ServerName) = (result.GetValue(_caFile), result.GetValue(_trustSystemToo), result.GetValue(_serverName));
        (tls.CertificateFile, tls.KeyFile, tls.PfxFile) = (result.GetValue(_certificate), result.GetValue(_key), result.GetValue(_pfx));
        (tls.External, tls.AcceptAnyServer) = (result.GetValue(_external), result.GetValue(_acceptAny));
        // A password in the environment may be for another call than this one.
        if ((tls.PfxFile ?? tls.KeyFile) is not null && Environment.GetEnvironmentVariable(PasswordVariable) is { Length: > 0 } password)
            tls.Password = password;
        return options;
    }
}
