using System.Buffers;
using System.Globalization;

namespace RabbitBridge.Filters;

/// <summary>
/// Counts what the explicit repetitions of a regular expression amount to: <c>a{20}</c> is 20, <c>a{2}b{3,5}</c> is 7, and
/// <c>(a{2}b{3}){10}</c> is 50. The pattern is known to be valid.
/// </summary>
internal sealed class PatternRepetitions
{
    // More than anybody allows, and no product of two overflows.
    private const long Many = int.MaxValue;

    private static readonly SearchValues<char> InBraces = SearchValues.Create("0123456789,");

    private readonly string _pattern;
    private readonly Stack<(long Count, bool IgnoresWhiteSpace)> _groups = new();
    private int _at;
    private long _count;
    private long _last;
    private bool _ignoresWhiteSpace;
    private bool _hasNestedClass;

    private PatternRepetitions(string pattern) => _pattern = pattern;

    /// <returns>The count, or <see langword="null"/> if a class holds another one or an unescaped bracket.</returns>
    public static long? Count(string pattern)
    {
        var repetitions = new PatternRepetitions(pattern);
        while (repetitions._at < pattern.Length)
            repetitions.Read();
        return repetitions._hasNestedClass ? null : repetitions._count;
    }

    private void Read()
    {
        switch (_pattern[_at])
        {
            case '\\':
                _last = 0;
                SkipEscape();
                break;
            case '[':
                _last = 0;
                SkipClass();
                break;
            case '(':
                Open();
                break;
            case ')':
                Close();
                break;
            case '{':
                Repeat();
                break;
            case '#' when _ignoresWhiteSpace:
                SkipBehind('\n');
                break;
            case var space when _ignoresWhiteSpace && char.IsWhiteSpace(space):
                _at++;
                break;
            default:
                _last = 0;
                _at++;
                break;
        }
    }

    private void Open()
    {
        _at++;
        if (At("?#"))
        {
            SkipBehind(')');
            return;
        }

        var outer = _ignoresWhiteSpace;
        if (At("?"))
        {
            _at++;
            ReadOptions();
        }

        // '(?x)' is no group: it holds to the end of the one around it.
        if (At(")"))
            _at++;
        else
            BeginGroup(outer);
        _last = 0;
    }

    private void BeginGroup(bool outerIgnoresWhiteSpace)
    {
        _groups.Push((_count, outerIgnoresWhiteSpace));
        _count = 0;
    }

    private void ReadOptions()
    {
        var ignoresWhiteSpace = _ignoresWhiteSpace;
        var isOn = true;
        var at = _at;
        for (; at < _pattern.Length && (char.IsAsciiLetter(_pattern[at]) || _pattern[at] is '+' or '-'); at++)
        {
            isOn = _pattern[at] == '+' || (_pattern[at] != '-' && isOn);
            if (_pattern[at] is 'x' or 'X')
                ignoresWhiteSpace = isOn;
        }

        if (at < _pattern.Length && _pattern[at] is ')' or ':')
            (_at, _ignoresWhiteSpace) = (at, ignoresWhiteSpace);
    }

    private void Close()
    {
        _at++;
        _last = _count;
        if (!_groups.TryPop(out var outer))
            return;
        _count = Math.Min(Many, outer.Count + _last);
        _ignoresWhiteSpace = outer.IgnoresWhiteSpace;
    }

    /// <summary>Takes <c>{2}</c>, <c>{2,}</c> or <c>{2,3}</c>. Any other brace stands for itself.</summary>
    private void Repeat()
    {
        var end = _pattern.AsSpan(_at).IndexOf('}');
        var counts = end < 0 ? default : _pattern.AsSpan(_at + 1, end - 1);
        if (counts.IsEmpty || !char.IsAsciiDigit(counts[0]) || counts.ContainsAnyExcept(InBraces) || counts.Count(',') > 1)
        {
            _last = 0;
            _at++;
            return;
        }

        var comma = counts.IndexOf(',');
        var most = comma < 0 || comma == counts.Length - 1 ? counts.TrimEnd(',') : counts[(comma + 1)..];
        var times = long.TryParse(most, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? Math.Min(Many, number) : Many;
        _count = Math.Min(Many, _count - _last + (times * Math.Max(1, _last)));
        _last = 0;
        _at += end + 1;
    }

    private void SkipClass()
    {
        // A bracket that comes first stands for itself.
        _at += At("[^]") ? 3 : At("[]") || At("[^") ? 2 : 1;
        while (_at < _pattern.Length && _pattern[_at] != ']')
        {
            // Where such a class ends is a long story, and to be wrong would let repetitions hide.
            _hasNestedClass |= _pattern[_at] == '[';
            if (_pattern[_at] == '\\')
                SkipEscape();
            else
                _at++;
        }

        _at++;
    }

    /// <summary>Goes behind the character that a backslash takes with it, or the two of <c>\c[</c>.</summary>
    private void SkipEscape() => _at += At("\\c") ? 3 : 2;

    private bool At(string text) => string.CompareOrdinal(_pattern, _at, text, 0, text.Length) == 0;

    private void SkipBehind(char character)
    {
        var end = _pattern.IndexOf(character, _at);
        _at = end < 0 ? _pattern.Length : end + 1;
    }
}
