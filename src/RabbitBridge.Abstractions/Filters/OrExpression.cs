namespace RabbitBridge.Filters;

internal sealed class OrExpression : CompoundExpression
{
    private OrExpression(FilterExpression[] operands)
        : base(operands)
    {
    }

    public override int Precedence => 1;

    protected override string Operator => "or";

    public static FilterExpression Of(IReadOnlyList<FilterExpression> operands) =>
        operands.Count == 1 ? operands[0] : new OrExpression(Flatten<OrExpression>(operands));

    public override bool Matches(IReadOnlyDictionary<string, string> properties)
    {
        foreach (var operand in Operands)
        {
            if (operand.Matches(properties))
                return true;
        }

        return false;
    }
}
