namespace RabbitBridge.UnitTests.Options;

public sealed class RabbitMqTlsOptionsTests : IDisposable
{
    private readonly TestAuthority _authority = new();
    private readonly IssuedCertificate _own;
    private readonly IssuedCertificate _other;

    public RabbitMqTlsOptionsTests() => (_own, _other) = (_authority.Issue("own", [], TestAuthority.ForClients), _authority.Issue("other", [], TestAuthority.ForClients));

    public void Dispose() => _authority.Dispose();

    [Theory]
    [InlineData("amqp://host", "Tls:CaFile: it needs TLS")]
    [InlineData("amqps://host")]
    public void Settings_without_tls_are_a_mistake(string uri, params string[] problems) => Check(uri, tls => tls.CaFile = _authority.CaFile, problems);

    [Fact]
    public void Each_setting_without_tls_is_named() => Check(
        "amqp://host",
        tls =>
        {
            (tls.CaFile, tls.CertificateFile, tls.KeyFile, tls.PfxFile, tls.Password, tls.ServerName) = ("a", "b", "c", "d", "e", "f");
            (tls.TrustSystemToo, tls.External, tls.AcceptAnyServer) = (true, true, true);
        },
        "Tls:CaFile: ", "Tls:TrustSystemToo: ", "Tls:ServerName: ", "Tls:CertificateFile: ", "Tls:KeyFile: ", "Tls:PfxFile: ", "Tls:Password: ", "Tls:External: ", "Tls:AcceptAnyServer: ");

    [Fact]
    public void A_file_that_is_not_there_is_named()
    {
        Check(tls => tls.CaFile = "/no/such.pem", "Tls:CaFile '/no/such.pem': there is no such file");
        Check(tls => (tls.CertificateFile, tls.KeyFile) = ("/no/such.pem", _own.KeyFile), "Tls:CertificateFile '/no/such.pem': there is no such file");
        Check(tls => (tls.CertificateFile, tls.KeyFile) = (_own.CertificateFile, "/no/such.key"), "Tls:KeyFile '/no/such.key': there is no such file");
        Check(tls => tls.PfxFile = "/no/such.pfx", "Tls:PfxFile '/no/such.pfx': there is no such file");
    }

    [Fact]
    public void A_file_that_is_something_else_is_named_with_what_is_allowed()
    {
        var text = _authority.Write("some.txt", "no certificate");
        var broken = _authority.Write("broken.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        Check(tls => tls.CaFile = text, $"Tls:CaFile '{text}': it holds no certificate; a PEM file");
        Check(tls => tls.CaFile = broken, $"Tls:CaFile '{broken}': it holds a certificate that cannot be read");
        Check(tls => tls.CaFile = _own.CertificateFile, $"Tls:CaFile '{_own.CertificateFile}': it holds no root");
        Check(tls => tls.CaFile = Path.GetDirectoryName(text), $"Tls:CaFile '{Path.GetDirectoryName(text)}': it cannot be read");
        Check(tls => (tls.PfxFile, tls.Password) = (text, "x"), $"Tls:PfxFile '{text}': it cannot be opened");
        Check(tls => (tls.CertificateFile, tls.KeyFile) = (_own.CertificateFile, text), $"Tls:KeyFile '{text}': it is not the key");
    }

    [Fact]
    public void A_key_that_does_not_fit_is_named() =>
        Check(tls => (tls.CertificateFile, tls.KeyFile) = (_own.CertificateFile, _other.KeyFile), $"Tls:KeyFile '{_other.KeyFile}': it is not the key of the certificate in Tls:CertificateFile");

    [Fact]
    public void A_wrong_password_is_named_and_not_told()
    {
        Check(tls => (tls.PfxFile, tls.Password) = (_own.PfxFile, "wrong"), $"Tls:PfxFile '{_own.PfxFile}': it cannot be opened");
        Check(tls => tls.PfxFile = _own.PfxFile, $"Tls:PfxFile '{_own.PfxFile}': it cannot be opened");
        Check(tls => (tls.CertificateFile, tls.KeyFile, tls.Password) = (_own.CertificateFile, _own.EncryptedKeyFile, "wrong"), $"Tls:KeyFile '{_own.EncryptedKeyFile}': it is not the key");
        Check(tls => (tls.CertificateFile, tls.KeyFile) = (_own.CertificateFile, _own.EncryptedKeyFile), $"Tls:KeyFile '{_own.EncryptedKeyFile}': it is not the key");
    }

    [Fact]
    public void What_does_not_go_together_is_told()
    {
        Check(tls => tls.CertificateFile = _own.CertificateFile, "Tls:KeyFile: it is needed with Tls:CertificateFile.");
        Check(tls => tls.KeyFile = _own.KeyFile, "Tls:CertificateFile: it is needed with Tls:KeyFile.");
        Check(tls => tls.Password = "x", "Tls:Password: it opens");
        Check(tls => tls.TrustSystemToo = true, "Tls:TrustSystemToo True: without Tls:CaFile");
        Check(tls => tls.ServerName = "a b", "Tls:ServerName 'a b': a host name");
        Check(
            tls => (tls.CertificateFile, tls.KeyFile, tls.PfxFile, tls.Password) = (_own.CertificateFile, _own.EncryptedKeyFile, _own.PfxFile, TestAuthority.Password),
            "Tls:PfxFile: it excludes Tls:CertificateFile and Tls:KeyFile");
    }

    [Theory]
    [InlineData("amqps://user@host")]
    [InlineData("amqps://CN%3Duser%2CO%3Dtest@host")]
    [InlineData("amqps://host", "Tls:External True: neither Uri nor UserName")]
    [InlineData("amqps://user:password@host", "Tls:External True: there is a password")]
    public void A_login_by_certificate_needs_a_user_and_no_password(string uri, params string[] problems)
    {
        Check(uri, tls => (tls.PfxFile, tls.Password, tls.External) = (_own.PfxFile, TestAuthority.Password, true), problems);
        Check(uri, tls => tls.External = true, ["Tls:External True: the broker is to know the gateway by its certificate", .. problems]);
    }

    [Fact]
    public void Whatever_fits_is_allowed()
    {
        Check(tls => (tls.CaFile, tls.TrustSystemToo, tls.ServerName) = (_authority.CaFile, true, "127.0.0.1"));
        Check(tls => (tls.CertificateFile, tls.KeyFile) = (_own.CertificateFile, _own.KeyFile));
        Check(tls => (tls.CertificateFile, tls.KeyFile, tls.Password) = (_own.CertificateFile, _own.EncryptedKeyFile, TestAuthority.Password));
        Check(tls => (tls.PfxFile, tls.Password) = (_own.PfxFile, TestAuthority.Password));
    }

    private static void Check(Action<RabbitMqTlsOptions> configure, params string[] problems) => Check("amqps://host", configure, problems);

    private static void Check(string uri, Action<RabbitMqTlsOptions> configure, params string[] problems)
    {
        var options = new RabbitMqOptions { Uri = new Uri(uri) };
        configure(options.Tls);

        var result = new RabbitMqOptionsValidator().Validate(null, options);

        var failures = (result.Failures ?? []).ToArray();
        Assert.True(problems.Length == failures.Length, string.Join('\n', failures));
        Assert.All(problems.Zip(failures), each => Assert.StartsWith(each.First, each.Second, StringComparison.Ordinal));
        Assert.DoesNotContain(failures, failure => failure.Contains("wrong", StringComparison.Ordinal) || failure.Contains(TestAuthority.Password, StringComparison.Ordinal));
    }
}
