namespace RabbitBridge.Cli.Doctor;

/// <summary>What came of a check.</summary>
/// <param name="Check">What was looked at.</param>
/// <param name="Kind">How it came out.</param>
/// <param name="Text">What was seen.</param>
/// <param name="Advice">What to do.</param>
internal sealed record Finding(string Check, FindingKind Kind, string Text, string Advice)
{
    private const string NothingToDo = "nothing to do";

    public static Finding Ok(string check, string text) => new(check, FindingKind.Ok, text, NothingToDo);

    public static Finding Warning(string check, string text, string advice) => new(check, FindingKind.Warning, text, advice);

    public static Finding Problem(string check, string text, string advice) => new(check, FindingKind.Problem, text, advice);

    public static Finding Unknown(string check, string text, string advice) => new(check, FindingKind.Unknown, text, advice);
}
