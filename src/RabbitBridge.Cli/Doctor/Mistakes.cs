namespace RabbitBridge.Cli.Doctor;

/// <summary>What is wrong with a gateway's settings, told to somebody who has given them as options of the command line.</summary>
internal static class Mistakes
{
    /// <summary>What is wrong with the options, in the words of the command line.</summary>
    public static IEnumerable<string> Of(RabbitMqOptions options) =>
        (new RabbitMqOptionsValidator().Validate(null, options).Failures ?? []).Select(InWordsOfTheCommandLine);

    /// <summary>Names options in place of a gateway's settings.</summary>
    public static string InWordsOfTheCommandLine(string text) => new (string Setting, string Option)[]
    {
        ("Uri's", "--broker's"),
        ($"{nameof(RabbitMqOptions.Management)} ", "--management "),
        (nameof(RabbitMqOptions.UserNameFile), "--user-name-file"),
        (nameof(RabbitMqOptions.PasswordFile), "--password-file"),
        ($"Tls:{nameof(RabbitMqTlsOptions.CaFile)}", "--ca-file"),
        ($"Tls:{nameof(RabbitMqTlsOptions.TrustSystemToo)}", "--trust-system-too"),
        ($"Tls:{nameof(RabbitMqTlsOptions.ServerName)}", "--server-name"),
        ($"Tls:{nameof(RabbitMqTlsOptions.CertificateFile)}", "--certificate"),
        ($"Tls:{nameof(RabbitMqTlsOptions.KeyFile)}", "--key"),
        ($"Tls:{nameof(RabbitMqTlsOptions.PfxFile)}", "--pfx"),
        ($"Tls:{nameof(RabbitMqTlsOptions.Password)}", TlsArguments.PasswordVariable),
        ($"Tls:{nameof(RabbitMqTlsOptions.External)}", "--external"),
        ($"Tls:{nameof(RabbitMqTlsOptions.AcceptAnyServer)}", "--accept-any-server"),
        (nameof(RabbitMqOptions.Password), LoginArguments.PasswordVariable),
        (nameof(RabbitMqOptions.UserName), "--user-name"),
    }.Aggregate(text, static (so, each) => so.Replace(each.Setting, each.Option, StringComparison.Ordinal));
}
