namespace RabbitBridge.Filters;

/// <summary>A piece of a filter's text.</summary>
/// <param name="Kind">What it is: a <see cref="FilterTokenKind"/>, or the sign itself.</param>
/// <param name="Text">A word as it stands, a value without its quotes, or the sign itself.</param>
/// <param name="Position">Where it begins, from 0.</param>
internal readonly record struct FilterToken(char Kind, string Text, int Position)
{
    /// <summary>What a person sees there.</summary>
    public string Description => Kind switch
    {
        FilterTokenKind.End => "the end",
        FilterTokenKind.Value => $"the value \"{FilterText.Show(Text)}\"",
        _ => $"'{FilterText.Show(Text)}'",
    };
}
