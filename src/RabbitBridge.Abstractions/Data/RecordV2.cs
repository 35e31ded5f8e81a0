using System.Collections.ObjectModel;

namespace RabbitBridge;

/// <summary>
/// Records of text fields. On the wire each field ends with the byte 2 and each record with the byte 1, so that empty
/// fields, empty records and no records at all differ; a field may hold neither of the two characters.
/// </summary>
public sealed class RecordV2 : IEquatable<RecordV2>
{
    /// <summary>Ends each record.</summary>
    internal const char RecordEnd = '\u0001';

    /// <summary>Ends each field.</summary>
    internal const char FieldEnd = '\u0002';

    /// <summary>Makes a value of some records.</summary>
    /// <param name="records">The records, each a list of fields.</param>
    /// <exception cref="InvalidMessageDataException">A field holds U+0001 or U+0002, which end records and fields on the wire.</exception>
    public RecordV2(params IEnumerable<IEnumerable<string>> records)
    {
        ArgumentNullException.ThrowIfNull(records);
        Records = new ReadOnlyCollection<IReadOnlyList<string>>([.. records.Select(fields => (IReadOnlyList<string>)[.. fields])]);
        if (Records.Any(fields => fields.Any(field => field.AsSpan().ContainsAny(RecordEnd, FieldEnd))))
            throw new InvalidMessageDataException("A field of a record may hold neither U+0001 nor U+0002, which end records and fields on the wire.");
    }

    /// <summary>The records, each a list of fields.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Records { get; }

    /// <inheritdoc/>
    public bool Equals(RecordV2? other) =>
        other is not null && Records.Count == other.Records.Count && Records.Zip(other.Records).All(pair => pair.First.SequenceEqual(pair.Second));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as RecordV2);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var field in Records.SelectMany(fields => fields))
            hash.Add(field, StringComparer.Ordinal);
        return hash.ToHashCode();
    }
}
