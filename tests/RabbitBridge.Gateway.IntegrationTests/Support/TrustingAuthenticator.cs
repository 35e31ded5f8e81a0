using Microsoft.Extensions.DependencyInjection;

namespace RabbitBridge.Gateway.IntegrationTests;

/// <summary>Lets everybody in, as whom and with what they say. The password is a list of roles.</summary>
internal static class TrustingAuthenticator
{
    public static void Add(IServiceCollection services)
    {
    }
}
