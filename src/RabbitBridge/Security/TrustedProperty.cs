using System.Collections.Frozen;
using RabbitBridge.Filters;

namespace RabbitBridge.Security;

/// <summary>Tells which values of a property clients may propose.</summary>
internal sealed class TrustedProperty
{
    private readonly FrozenSet<string> _values;
    private readonly MatchesExpression? _pattern;

    public TrustedProperty(string key, TrustedPropertyOptions options)
    {
        _values = options.Values.ToFrozenSet(StringComparer.Ordinal);
        if (options.Pattern is null)
            return;
        _pattern = new MatchesExpression(key, options.Pattern, repetitions: 0);
        _pattern.Compile();
    }

    /// <exception cref="InvalidFilterException">The pattern takes too long for the value.</exception>
    public bool Accepts(string value) => _pattern?.IsMatch(value) ?? _values.Contains(value);
}
