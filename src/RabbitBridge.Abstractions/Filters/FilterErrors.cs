namespace RabbitBridge.Filters;

/// <summary>The problems found in a filter, with their places.</summary>
internal sealed class FilterErrors(string text)
{
    /// <summary>How many are told: somebody reads them.</summary>
    public const int Max = 20;

    private readonly List<(int Position, string Message)> _errors = [];

    public int Count => _errors.Count;

    /// <summary>Notes a problem. Where one is known, another is only its consequence.</summary>
    public void Add(int position, string message)
    {
        if (!_errors.Exists(error => error.Position == position))
            _errors.Add((position, message));
    }

    /// <summary>The first <see cref="Max"/> in the order of the text.</summary>
    public IReadOnlyList<FilterError> InOrder()
    {
        var errors = new List<FilterError>();
        var (line, lineStart, at) = (1, 0, 0);
        foreach (var (position, message) in _errors.OrderBy(static error => error.Position).Take(Max))
        {
            for (; at < position; at++)
            {
                if (text[at] == '\n' || (text[at] == '\r' && (at + 1 == text.Length || text[at + 1] != '\n')))
                    (line, lineStart) = (line + 1, at + 1);
            }

            errors.Add(new FilterError(message, line, position - lineStart + 1));
        }

        return errors;
    }
}
