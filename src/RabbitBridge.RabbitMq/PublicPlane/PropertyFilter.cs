using RabbitBridge.Filters;

namespace RabbitBridge.RabbitMq.PublicPlane;

/// <summary>A filter for sessions with certain values, of plain AMQP clients that do not want to write one.</summary>
internal static class PropertyFilter
{
    /// <summary>Writes the filter.</summary>
    /// <param name="properties">Keys and values, all of which a session must have; every session for none.</param>
    /// <param name="problem">What is wrong with them, if the result is <see langword="null"/>.</param>
    public static string? Write(IEnumerable<(string Key, string? Value)> properties, out string? problem)
    {
        problem = null;
        var expressions = new List<FilterExpression>();
        foreach (var (key, value) in properties)
        {
            // It becomes part of a filter's text: a key with a blank would say more than that a property has a value.
            if (key.Length == 0 || key.AsSpan().ContainsAny(FilterLexer.EndOfWord) || value is null)
            {
                problem = $"'{key}' is no property with a text as its value.";
                return null;
            }

            expressions.Add(new EqualExpression(key, value));
        }

        return (expressions.Count == 0 ? SessionFilter.All : new SessionFilter(AndExpression.Of(expressions))).ToString();
    }
}
