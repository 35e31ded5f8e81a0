using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using RabbitBridge.RabbitMq.Tls;

namespace RabbitBridge.UnitTests.Tls;

/// <summary>What of a certificate is looked at; that it is looked at, the integration tests show.</summary>
public sealed class ServerCertificateCheckTests : IDisposable
{
    private readonly TestAuthority _authority = new();

    public void Dispose() => _authority.Dispose();

    [Fact]
    public void A_right_certificate_is_taken() => Assert.Null(Refusal(_authority.Issue("broker", ["broker.test"])));

    [Fact]
    public void One_that_has_expired_is_refused_with_its_days() =>
        Assert.Contains("not valid now (NotTimeValid; it is from ", Refusal(_authority.Issue("broker", ["broker.test"], endsInDays: -1)), StringComparison.Ordinal);

    [Fact]
    public void One_for_clients_is_refused() =>
        Assert.Contains("(NotValidForUsage)", Refusal(_authority.Issue("broker", ["broker.test"], TestAuthority.ForClients)), StringComparison.Ordinal);

    [Fact]
    public void One_of_another_authority_is_refused()
    {
        // Of the same name, but with another key.
        using var stranger = new TestAuthority();

        Assert.Contains("The chain: ", Refusal(stranger.Issue("broker", ["broker.test"])), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_certificate_there_is_nothing_to_take() =>
        Assert.Throws<RefusedCertificateException>(() => new ServerCertificateCheck("broker.test", null, false).Accept(this, null, null, SslPolicyErrors.RemoteCertificateNotAvailable));

    [Fact]
    public void One_for_no_host_is_refused() => Assert.Contains(
        "The name: it is for no host name, and not for 'broker.test'", Refusal(_authority.Issue("broker", []), SslPolicyErrors.RemoteCertificateNameMismatch), StringComparison.Ordinal);

    [Fact]
    public void What_the_system_trusts_is_not_enough_if_there_is_a_file_unless_it_says_so()
    {
        using var other = new TestAuthority("Other");
        var certificate = _authority.Issue("broker", ["broker.test"]);

        // No errors: the system knows it.
        Assert.Contains("The chain: ", Refusal(certificate, SslPolicyErrors.None, other.CaFile), StringComparison.Ordinal);
        Assert.Null(Refusal(certificate, SslPolicyErrors.None, other.CaFile, trustSystemToo: true));
    }

    private string? Refusal(
        IssuedCertificate issued, SslPolicyErrors errors = SslPolicyErrors.RemoteCertificateChainErrors, string? caFile = null, bool trustSystemToo = false)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(caFile ?? _authority.CaFile);
        using var shown = X509CertificateLoader.LoadCertificateFromFile(issued.CertificateFile);
        using var chain = new X509Chain();
        try
        {
            Assert.True(new ServerCertificateCheck("broker.test", authorities, trustSystemToo).Accept(this, shown, chain, errors));
            return null;
        }
        catch (RefusedCertificateException exception)
        {
            return exception.Message;
        }
    }
}
