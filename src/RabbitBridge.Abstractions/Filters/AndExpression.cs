namespace RabbitBridge.Filters;

internal sealed class AndExpression : CompoundExpression
{
    private AndExpression(FilterExpression[] operands)
        : base(operands)
    {
    }

    public override int Precedence => 2;

    protected override string Operator => "and";

    public static FilterExpression Of(IReadOnlyList<FilterExpression> operands) =>
        operands.Count == 1 ? operands[0] : new AndExpression(Flatten<AndExpression>(operands));

    public override bool Matches(IReadOnlyDictionary<string, string> properties)
    {
        foreach (var operand in Operands)
        {
            if (!operand.Matches(properties))
                return false;
        }

        return true;
    }
}
