namespace RabbitBridge;

/// <summary>
/// The keys of the fixed session properties, which the gateway sets, and the wildcards that ask for all of a kind. The names
/// are those of the Diffusion session properties.
/// </summary>
public static class SessionProperty
{
    /// <summary>Asks for all fixed properties; other fixed keys beside it are ignored.</summary>
    public const string AllFixed = "*F";

    /// <summary>Asks for all user properties; other user keys beside it are ignored.</summary>
    public const string AllUser = "*U";

    /// <summary>The address of the client. Absent for a session inside the gateway process.</summary>
    public const string ClientIP = "$ClientIP";

    /// <summary>The kind of client, such as <c>DOTNET</c> or <c>JAVASCRIPT_BROWSER</c>.</summary>
    public const string ClientType = "$ClientType";

    /// <summary>The name of the client's host as the client tells it, or its address. Absent for a session inside the gateway process that tells none.</summary>
    public const string ClientHostName = "$ClientHostName";

    /// <summary>The project to which the session belongs. Absent if it belongs to none.</summary>
    public const string Project = "$Project";

    /// <summary>When the session ends, in milliseconds since 1970; absent if it does not end by itself.</summary>
    public const string ExpiryTime = "$ExpiryTime";

    /// <summary>The country of the client, in upper case. Absent unless it was set.</summary>
    public const string Country = "$Country";

    /// <summary>The language of the client, in lower case. Absent unless it was set.</summary>
    public const string Language = "$Language";

    /// <summary>The latitude of the client, or <c>NaN</c>. Absent unless it was set.</summary>
    public const string Latitude = "$Latitude";

    /// <summary>The longitude of the client, or <c>NaN</c>. Absent unless it was set.</summary>
    public const string Longitude = "$Longitude";

    /// <summary>The principal on whose behalf the session acts; empty for an anonymous session.</summary>
    public const string Principal = "$Principal";

    /// <summary>The session's roles, each in double quotes and joined by commas, in ordinal order.</summary>
    public const string Roles = "$Roles";

    /// <summary>The name of the gateway that hosts the session.</summary>
    public const string ServerName = "$ServerName";

    /// <summary>The session's identifier.</summary>
    public const string SessionIdentifier = "$SessionId";

    /// <summary>When the session was opened, in milliseconds since 1970-01-01 UTC.</summary>
    public const string StartTime = "$StartTime";

    /// <summary>How the client is connected, such as <c>WEBSOCKET</c>; <c>OTHER</c> for a session inside the gateway process.</summary>
    public const string Transport = "$Transport";
}
