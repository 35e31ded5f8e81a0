namespace RabbitBridge;

/// <summary>What is told of a request that has failed, for people. Whoever fails it chooses the text, and nothing else limits what that costs those that it passes.</summary>
internal static class ErrorText
{
    /// <summary>The most characters.</summary>
    public const int MaxLength = 4096;

    public static string Shortened(string text)
    {
        if (text.Length <= MaxLength)
            return text;
        var length = MaxLength - 1;
        // Not between the halves of a surrogate pair.
        return string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[length - 1]) ? length - 1 : length), "…");
    }
}
