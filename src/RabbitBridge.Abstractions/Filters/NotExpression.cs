using System.Text;

namespace RabbitBridge.Filters;

/// <summary><c>not x</c>, and <c>KEY ne "value"</c>, which is <c>not KEY is "value"</c>: an absent property matches.</summary>
internal sealed class NotExpression(FilterExpression operand) : FilterExpression
{
    public FilterExpression Operand => operand;

    public override int Depth => operand.Depth + 1;

    public override int RegexCount => operand.RegexCount;

    public override int RegexRepetitions => operand.RegexRepetitions;

    public override bool Matches(IReadOnlyDictionary<string, string> properties) => !operand.Matches(properties);

    public override void Print(StringBuilder text)
    {
        if (operand is EqualExpression equal)
            equal.Print(text, "ne");
        else
            FilterText.AppendOperand(text.Append("not "), operand, Precedence);
    }

    public override FilterExpression Negate() => operand;
}
