using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace RabbitBridge;

/// <summary>
/// The canonical form of a message path: segments of one or more characters joined by <c>/</c>. One leading and one
/// trailing <c>/</c> are dropped; empty segments, control characters and halves of
/// surrogate pairs are refused, and so are paths of more than 4,096 bytes in UTF-8 and those whose first segment begins with
/// <c>$</c>, which are kept for gateways. The root, written <c>/</c>, has no
/// segments: a handler may be registered there to catch what no deeper handler takes, but no request can be sent to it.
/// </summary>
public readonly struct MessagePath : IEquatable<MessagePath>
{
    private static readonly SearchValues<char> Controls = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Concat(Enumerable.Range(0x7F, 0x21)).Select(code => (char)code)]);

    // A path travels in a header, and all headers of a message must fit into one AMQP frame (4,096 bytes at least, 128 KiB as RabbitMQ comes).
    private const int MaxBytes = 4096;

    private readonly string? _value;

    private MessagePath(string value) => _value = value;

    /// <summary>The path without segments, of which every other path is a descendant.</summary>
    public static MessagePath Root => default;

    /// <summary>The canonical text: no leading or trailing <c>/</c>; empty for the root.</summary>
    public string Value => _value ?? string.Empty;

    /// <summary>Whether this is the root.</summary>
    public bool IsRoot => string.IsNullOrEmpty(_value);

    /// <summary>The number of segments; 0 for the root.</summary>
    public int Depth => IsRoot ? 0 : Value.AsSpan().Count('/') + 1;

    /// <summary>Reads a path that names a branch; <c>/</c> gives the root.</summary>
    /// <param name="text">The path as written.</param>
    /// <returns>The canonical path.</returns>
    /// <exception cref="InvalidPathException">The text is empty or too long, has an empty segment or a control character, or its first segment begins with <c>$</c>.</exception>
    public static MessagePath Parse(string text) =>
        TryParse(text, out var path, out var problem) ? path : throw new InvalidPathException(problem);

    /// <summary>Reads a path to which a request is sent: any path but the root.</summary>
    /// <param name="text">The path as written.</param>
    /// <returns>The canonical path.</returns>
    /// <exception cref="InvalidPathException">As for <see cref="Parse"/>, or the path is the root.</exception>
    public static MessagePath ParseTarget(string text)
    {
        var path = Parse(text);
        return path.IsRoot
            ? throw new InvalidPathException("'/' names the root: a handler may be registered there, but a request needs a path of at least one segment.")
            : path;
    }

    /// <summary>Reads a path that names a branch, without throwing.</summary>
    /// <param name="text">The path as written.</param>
    /// <param name="path">The canonical path when the result is <see langword="true"/>.</param>
    /// <param name="problem">What is wrong when the result is <see langword="false"/>.</param>
    /// <returns>Whether the text is a path.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out MessagePath path, [NotNullWhen(false)] out string? problem)
    {
        path = default;
        problem = null;
        if (string.IsNullOrEmpty(text))
        {
            problem = "The message path is empty; write one or more segments joined by '/', such as 'orders/new', or '/' for the root.";
            return false;
        }

        if (text == "/")
            return true;

        var start = text[0] == '/' ? 1 : 0;
        var end = text.Length > start && text[^1] == '/' ? text.Length - 1 : text.Length;
        var body = text.AsSpan(start, end - start);
        if (body.IsEmpty || body[0] == '/' || body[^1] == '/' || body.Contains("//", StringComparison.Ordinal))
        {
            problem = $"The message path '{Shown(text)}' has an empty segment; between two '/' there must be at least one character.";
            return false;
        }

        var control = body.IndexOfAny(Controls);
        if (control >= 0)
        {
            problem = $"The message path '{Shown(text)}' has the control character U+{(int)body[control]:X4} at position {control + start}; control characters are not allowed.";
            return false;
        }

        if (body.ContainsAnyInRange('\uD800', '\uDFFF') && !IsWellFormed(body))
        {
            problem = $"The message path '{Shown(text)}' has half of a surrogate pair, which is no character and has no UTF-8 form.";
            return false;
        }

        if (body[0] == '$')
        {
            problem = $"The message path '{Shown(text)}' begins with '$'; such paths are kept for gateways.";
            return false;
        }

        if (body.Length > MaxBytes / 3 && Encoding.UTF8.GetByteCount(body) is > MaxBytes and var bytes)
        {
            problem = $"The message path '{Shown(text)}' has {bytes} bytes in UTF-8; {MaxBytes} are allowed.";
            return false;
        }

        path = new MessagePath(body.Length == text.Length ? text : body.ToString());
        return true;
    }

    /// <summary>Whether this path is the other one or one of its ancestors.</summary>
    /// <param name="other">The path that may lie in this branch.</param>
    /// <returns><see langword="true"/> if a handler on this path may serve requests to <paramref name="other"/>.</returns>
    public bool IsBranchOf(MessagePath other)
    {
        if (IsRoot)
            return true;
        var (mine, theirs) = (Value, other.Value);
        return theirs.StartsWith(mine, StringComparison.Ordinal)
            && (theirs.Length == mine.Length || theirs[mine.Length] == '/');
    }

    /// <inheritdoc/>
    public bool Equals(MessagePath other) => string.Equals(Value, other.Value, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is MessagePath other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Value.GetHashCode(StringComparison.Ordinal);

    /// <summary>The canonical text; <c>/</c> for the root.</summary>
    /// <returns>The text, which <see cref="Parse"/> reads back.</returns>
    public override string ToString() => IsRoot ? "/" : Value;

    /// <summary>Whether two paths have the same canonical text.</summary>
    /// <param name="left">One path.</param>
    /// <param name="right">The other path.</param>
    public static bool operator ==(MessagePath left, MessagePath right) => left.Equals(right);

    /// <summary>Whether two paths differ in their canonical text.</summary>
    /// <param name="left">One path.</param>
    /// <param name="right">The other path.</param>
    public static bool operator !=(MessagePath left, MessagePath right) => !left.Equals(right);

    private static bool IsWellFormed(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(text, out _, out var consumed) != OperationStatus.Done)
                return false;
            text = text[consumed..];
        }

        return true;
    }

    // A path in an error must neither flood a log nor carry its control characters there.
    private static string Shown(string text)
    {
        var shown = text.Length <= 80 ? text : string.Concat(text.AsSpan(0, 80), "…");
        return string.Concat(shown.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? $"\\u{(int)c:X4}" : c.ToString()));
    }
}
