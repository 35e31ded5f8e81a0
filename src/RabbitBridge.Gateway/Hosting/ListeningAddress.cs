namespace RabbitBridge.Gateway.Hosting;

/// <summary>An address at which the web server listens, as the key <c>urls</c> has it.</summary>
internal static class ListeningAddress
{
    private const string Allowed = "http://HOST:PORT, or https with a certificate (Kestrel:Certificates); several are separated by semicolons";

    /// <summary>Finds what the web server could not read.</summary>
    public static IEnumerable<string> Check(string? urls) =>
        from url in (urls ?? string.Empty).Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        where !IsAddress(url)
        select $"urls {RabbitBridge.Settings.ShownSetting.Address(url)}: {Allowed}.";

    private static bool IsAddress(string url)
    {
        try
        {
            var binding = BindingAddress.Parse(url);
            return binding.Scheme is "http" or "https" && binding.Port is >= 0 and <= ushort.MaxValue && binding.PathBase.Length == 0;
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }
}
