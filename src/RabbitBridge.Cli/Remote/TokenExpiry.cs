using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;

namespace RabbitBridge.Cli.Remote;

/// <summary>
/// Whether a bearer token says of itself that its time is over. A gateway does not tell whom it refuses why; who has the token may know.
/// </summary>
internal static class TokenExpiry
{
    /// <summary>Reads the claim <c>exp</c> of a JSON Web Token.</summary>
    /// <returns>A sentence if the time is over; <see langword="null"/> if it is not, or not known.</returns>
    public static string? Find(string? token, DateTimeOffset now)
    {
        if (token?.Split('.') is not [_, var claims, _])
            return null;
        try
        {
            using var json = JsonDocument.Parse(Base64Url.DecodeFromChars(claims));
            if (json.RootElement.ValueKind != JsonValueKind.Object
                || !json.RootElement.TryGetProperty("exp", out var expires) || !expires.TryGetDouble(out var seconds))
                return null;
            var end = DateTimeOffset.UnixEpoch.AddSeconds(seconds);
            return end > now ? null : string.Create(CultureInfo.InvariantCulture, $"The token has expired, at {end:u}.");
        }
        catch (Exception exception) when (exception is FormatException or JsonException or ArgumentOutOfRangeException or InvalidOperationException)
        {
            // A token need not be a JSON Web Token, and its times need not be readable here.
            return null;
        }
    }
}
