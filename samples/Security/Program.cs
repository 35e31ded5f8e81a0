using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using RabbitBridge;

var builder = Host.CreateApplicationBuilder();
var services = builder.Services;
services.AddRabbitBridge();

// #region authenticator
services.AddSingleton<IAuthenticator, BadgeAuthenticator>();
services.AddRabbitBridgeSecurity(builder.Configuration.GetSection("Security"));
// #endregion

using var host = builder.Build();
await host.StartAsync();
Console.WriteLine($"{host.Services.GetServices<IAuthenticator>().First().GetType().Name} is asked first");
await host.StopAsync();

/// <summary>Lets in who shows a badge in place of a token.</summary>
class BadgeAuthenticator : IAuthenticator
{
    public ValueTask<AuthenticationResult> AuthenticateAsync(AuthenticationRequest request, CancellationToken cancellationToken) =>
        new(request.Token == "badge 7" ? AuthenticationResult.Allow("ann", ["SERVICE"]) : AuthenticationResult.Abstain);
}

static class PrivateAuthority
{
    public static ClientOptions Options()
    {
        // #region private-authority
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile("ca.pem");
        var options = new ClientOptions
        {
            Addresses = [new Uri("https://gateway-a.example.com:8443")],
            ConfigureHttp = handler => new SocketsHttpHandler
            {
                CookieContainer = ((HttpClientHandler)handler).CookieContainer,   // for gateways behind a sticky load balancer
                SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy },
            },
        };
        // #endregion
        return options;
    }
}
