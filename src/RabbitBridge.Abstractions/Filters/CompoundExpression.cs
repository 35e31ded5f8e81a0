using System.Text;

namespace RabbitBridge.Filters;

/// <summary>Several operands of the same operator. Operands of the same kind are taken in, so that chains stay flat.</summary>
internal abstract class CompoundExpression : FilterExpression
{
    protected CompoundExpression(IReadOnlyList<FilterExpression> operands)
    {
        Operands = operands;
        Depth = 1 + operands.Max(static operand => operand.Depth);
        RegexCount = operands.Sum(static operand => operand.RegexCount);
        RegexRepetitions = operands.Sum(static operand => operand.RegexRepetitions);
    }

    public IReadOnlyList<FilterExpression> Operands { get; }

    public override int Depth { get; }

    public override int RegexCount { get; }

    public override int RegexRepetitions { get; }

    protected abstract string Operator { get; }

    public override void Print(StringBuilder text)
    {
        for (var i = 0; i < Operands.Count; i++)
        {
            if (i > 0)
                text.Append(' ').Append(Operator).Append(' ');
            FilterText.AppendOperand(text, Operands[i], Precedence);
        }
    }

    protected static FilterExpression[] Flatten<T>(IReadOnlyList<FilterExpression> operands)
        where T : CompoundExpression =>
        [.. operands.SelectMany(static operand => operand is T same ? same.Operands : [operand])];
}
