namespace RabbitBridge.IntegrationTests.Tls;

/// <summary>How a gateway shows its broker who it is.</summary>
[Collection(TlsGroup.Name)]
public sealed class ClientCertificateTests(TlsFixture tls) : TlsTest(tls)
{
    [NodeFact]
    public async Task A_broker_that_demands_a_certificate_takes_one_of_its_authority()
    {
        await ExchangeAsync(Strict(tls => (tls.CertificateFile, tls.KeyFile) = (Tls.Client.CertificateFile, Tls.Client.KeyFile)));
        await ExchangeAsync(Strict(tls =>
            (tls.CertificateFile, tls.KeyFile, tls.Password) = (Tls.Client.CertificateFile, Tls.Client.EncryptedKeyFile, TestAuthority.Password)));
        await ExchangeAsync(Strict(tls => (tls.PfxFile, tls.Password) = (Tls.Client.PfxFile, TestAuthority.Password)));
    }

    [NodeFact]
    public async Task Without_a_certificate_such_a_broker_is_out_of_reach_and_the_error_says_why()
    {
        var error = await OutOfReachAsync(Strict());

        Assert.Contains("If the broker demands a certificate of its clients: none is set (Tls:CertificateFile with Tls:KeyFile, or Tls:PfxFile)", error, StringComparison.Ordinal);
    }

    [NodeFact]
    public async Task A_certificate_of_an_authority_that_the_broker_does_not_know_will_not_do()
    {
        var own = Tls.Stranger.Issue(TlsFixture.CertifiedUser, [], TestAuthority.ForClients);

        var error = await OutOfReachAsync(Strict(tls => (tls.CertificateFile, tls.KeyFile) = (own.CertificateFile, own.KeyFile)));

        Assert.Contains("see that it knows the authority of the one that is set", error, StringComparison.Ordinal);
    }

    [NodeFact]
    public async Task A_gateway_logs_in_by_its_certificate()
    {
        await ExchangeAsync(External(TlsFixture.CertifiedUser, Tls.Client));

        var connections = await Tls.Open.Broker.RunControlCommandAsync("list_connections", "user", "auth_mechanism", "--quiet");
        Assert.Contains($"{TlsFixture.CertifiedUser}\tEXTERNAL", connections, StringComparison.Ordinal);
    }

    [NodeFact]
    public async Task A_certificate_of_no_user_is_refused_and_the_error_says_what_to_see_to()
    {
        var error = await RefusedAsync(External("nobody", Tls.Authority.Issue("nobody", [], TestAuthority.ForClients)));

        Assert.Contains("'nobody'", error, StringComparison.Ordinal);
        Assert.Contains("ssl_cert_login_from", error, StringComparison.Ordinal);
    }

    [NodeFact]
    public async Task A_user_who_is_not_the_certificates_is_named_as_such()
    {
        var error = await RefusedAsync(External("somebody", Tls.Client));

        Assert.Contains("'somebody'", error, StringComparison.Ordinal);
        Assert.Contains(TlsFixture.CertifiedUser, error, StringComparison.Ordinal);
    }

    /// <summary>Starts a gateway that the broker turns away in a way that might pass, so that it is tried again until the time is over.</summary>
    private async Task<string> OutOfReachAsync(RabbitMqOptions options)
    {
        var gateway = Create(options, startTimeout: TimeSpan.FromSeconds(5));
        var error = await Assert.ThrowsAsync<CommunicationFailureException>(() => gateway.StartAsync().WaitAsync(Eventually.Limit));
        Assert.Contains(Log.Lines, line => line.Event == "ConnectFailed" && line.Text.Contains("Tls:CertificateFile", StringComparison.Ordinal));
        return error.Message;
    }

    private RabbitMqOptions Strict(Action<RabbitMqTlsOptions>? configure = null)
    {
        var options = Tls.Strict.Options();
        options.Tls.CaFile = Tls.Authority.CaFile;
        configure?.Invoke(options.Tls);
        return options;
    }

    private RabbitMqOptions External(string user, IssuedCertificate own)
    {
        var options = Tls.Open.Options(Tls.Open.Uri(user: user));
        (options.Tls.CaFile, options.Tls.CertificateFile, options.Tls.KeyFile, options.Tls.External) = (Tls.Authority.CaFile, own.CertificateFile, own.KeyFile, true);
        return options;
    }
}
