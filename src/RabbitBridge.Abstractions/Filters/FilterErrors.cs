namespace RabbitBridge.Filters;

/// <summary>The problems found in a filter, with their places.</summary>
internal sealed class FilterErrors(string text)
{
    // Somebody reads them.
    private const int MaxErrors = 20;

    private readonly List<FilterError> _errors = [];
    private int _line = 1;
    private int _lineStart;
    private int _scanned;

    public IReadOnlyList<FilterError> All => _errors;

    /// <summary>Notes a problem. Problems are found in the order of the text, by and large.</summary>
    public void Add(int position, string message)
    {
        if (_errors.Count == MaxErrors)
            return;
        if (position < _scanned)
            (_line, _lineStart, _scanned) = (1, 0, 0);
        for (; _scanned < position; _scanned++)
        {
            if (text[_scanned] == '\n' || (text[_scanned] == '\r' && (_scanned + 1 == text.Length || text[_scanned + 1] != '\n')))
                (_line, _lineStart) = (_line + 1, _scanned + 1);
        }

        _errors.Add(new FilterError(message, _line, position - _lineStart + 1));
    }
}
