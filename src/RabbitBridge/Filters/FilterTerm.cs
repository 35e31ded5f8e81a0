namespace RabbitBridge.Filters;

/// <summary>
/// Something that a session has if a filter matches it: a value of a property, a role, a property at all, or a session id.
/// </summary>
/// <param name="Key">The property.</param>
/// <param name="Value">The value or role; <see langword="null"/> for any.</param>
internal readonly record struct FilterTerm(string Key, string? Value)
{
    /// <summary>The headers of a request for sessions with this.</summary>
    public IEnumerable<string> Headers
    {
        get
        {
            if (Value is null)
                return [FilterHeaders.Has(Key), FilterHeaders.Narrowed];
            if (Key != SessionProperty.SessionIdentifier)
                return [FilterHeaders.Value(Key, Value), FilterHeaders.AnyOf(Key), FilterHeaders.Narrowed];
            return SessionId.TryParse(Value, out var id) ? [FilterHeaders.Gateway(id.Gateway)] : [];
        }
    }
}
