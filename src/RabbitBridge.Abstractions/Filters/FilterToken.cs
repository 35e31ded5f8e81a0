namespace RabbitBridge.Filters;

/// <summary>A piece of a filter's text.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">A word as it stands, a value without its quotes, or the sign itself.</param>
/// <param name="Position">Where it begins, from 0.</param>
internal readonly record struct FilterToken(FilterTokenKind Kind, string Text, int Position)
{
    /// <summary>What a person sees there.</summary>
    public string Description => Kind switch
    {
        FilterTokenKind.End => "the end",
        FilterTokenKind.Value => $"the value \"{FilterText.Show(Text)}\"",
        _ => $"'{FilterText.Show(Text)}'",
    };

    public bool Is(string word) => Kind == FilterTokenKind.Word && string.Equals(Text, word, StringComparison.OrdinalIgnoreCase);

    public bool IsSign(string sign) => Kind == FilterTokenKind.Sign && Text == sign;
}
