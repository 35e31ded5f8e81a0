namespace RabbitBridge.Diagnostics;

/// <summary>Why something was refused to a remote client: the values of <c>rabbitbridge.refusal.reason</c>.</summary>
internal static class RefusalReason
{
    public const string AccessDenied = "access_denied";
    public const string ClientTimeout = "client_timeout";
    public const string ForgedProperty = "forged_property";
    public const string FrameTooLarge = "frame_too_large";
    public const string GatewayStopping = "gateway_stopping";
    public const string InvalidRequest = "invalid_request";
    public const string MalformedFrame = "malformed_frame";
    public const string NoSuchSession = "no_such_session";
    public const string OpenTimeout = "open_timeout";
    public const string Origin = "origin";
    public const string Other = "other";
    public const string Overloaded = "overloaded";
    public const string Reserved = "reserved";
    public const string SecondOpen = "second_open";
    public const string UntrustedProperty = "untrusted_property";

    /// <summary>Why a session was not opened, by what its client hears.</summary>
    public static string Of(ErrorReason reason) => reason switch
    {
        ErrorReason.AccessDenied => AccessDenied,
        ErrorReason.NoSuchSession => NoSuchSession,
        ErrorReason.Overloaded => Overloaded,
        ErrorReason.CommunicationFailure => GatewayStopping,
        ErrorReason.InvalidData or ErrorReason.Unsupported => InvalidRequest,
        _ => Other,
    };
}
