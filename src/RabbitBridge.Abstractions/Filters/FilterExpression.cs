using System.Text;

namespace RabbitBridge.Filters;

/// <summary>A node of a parsed filter. Immutable; nothing in it nests deeper than <see cref="MaxDepth"/>.</summary>
internal abstract class FilterExpression
{
    /// <summary>Every walk over an expression is recursive, and a stack is finite.</summary>
    public const int MaxDepth = 200;

    /// <summary>How many levels the node has, itself included.</summary>
    public virtual int Depth => 1;

    /// <summary>How many regular expressions are in it.</summary>
    public virtual int RegexCount => 0;

    /// <summary>What the counts in its regular expressions amount to.</summary>
    public virtual int RegexRepetitions => 0;

    /// <summary>How tightly the node binds when it is printed: 1 for <c>or</c>, 2 for <c>and</c>, 3 for all else.</summary>
    public virtual int Precedence => 3;

    public abstract bool Matches(IReadOnlyDictionary<string, string> properties);

    public abstract void Print(StringBuilder text);

    /// <summary>The expression that matches what this one does not.</summary>
    public virtual FilterExpression Negate() => new NotExpression(this);
}
