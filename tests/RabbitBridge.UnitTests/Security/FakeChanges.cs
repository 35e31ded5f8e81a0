using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace RabbitBridge.UnitTests.Security;

/// <summary>Says that the options have changed.</summary>
internal sealed class FakeChanges : IOptionsChangeTokenSource<SecurityOptions>
{
    private ConfigurationReloadToken _token = new();

    public string Name => Microsoft.Extensions.Options.Options.DefaultName;

    public IChangeToken GetChangeToken() => _token;

    public void Change() => Interlocked.Exchange(ref _token, new ConfigurationReloadToken()).OnReload();
}
