namespace RabbitBridge.Filters;

internal enum FilterTokenKind
{
    /// <summary>A key or an operator.</summary>
    Word,

    /// <summary>A text in quotes.</summary>
    Value,

    /// <summary>A parenthesis, bracket, brace or comma.</summary>
    Sign,

    /// <summary>The end of the filter.</summary>
    End,
}
