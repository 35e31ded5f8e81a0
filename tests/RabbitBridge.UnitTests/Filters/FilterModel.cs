namespace RabbitBridge.UnitTests.Filters;

/// <summary>A filter as the language describes it, evaluated in the plainest way and written in any style.</summary>
internal abstract record FilterModel
{
    /// <summary>How many regular expressions are in it.</summary>
    public virtual int Regexes => 0;

    public abstract bool Holds(FilterSession session);

    public abstract string Write(FilterStyle style);

    public sealed record Always : FilterModel
    {
        public override bool Holds(FilterSession session) => true;

        public override string Write(FilterStyle style) => style.Word("all");
    }

    public sealed record Has(string Key) : FilterModel
    {
        public override bool Holds(FilterSession session) => session.Properties.Any(property => property.Key == Key);

        public override string Write(FilterStyle style) => style.Word("has") + style.Space() + Key;
    }

    public sealed record Equal(string Key, string Value, bool IsNegated) : FilterModel
    {
        public override bool Holds(FilterSession session) =>
            IsNegated ^ session.Properties.Any(property => property.Key == Key && property.Value == Value);

        public override string Write(FilterStyle style) =>
            Key + style.Space() + style.Word(IsNegated ? "ne" : style.Any("is", "eq")) + style.Any("", style.Space()) + style.Value(Value);
    }

    public sealed record Among(string Key, string[] Values) : FilterModel
    {
        public override bool Holds(FilterSession session) =>
            session.Properties.Any(property => property.Key == Key && Values.Contains(property.Value, StringComparer.Ordinal));

        public override string Write(FilterStyle style) => Key + style.Space() + style.Word("in") + style.Any("", style.Space()) + style.List(Values);
    }

    public sealed record Like(string Key, FilterPattern Pattern) : FilterModel
    {
        public override int Regexes => 1;

        public override bool Holds(FilterSession session) =>
            session.Properties.Any(property => property.Key == Key && Pattern.Accepts(property.Value));

        public override string Write(FilterStyle style) =>
            Key + style.Space() + style.Word("matches") + style.Space() + style.Value(Pattern.Text);
    }

    public sealed record HasRoles(string[] Roles) : FilterModel
    {
        public override bool Holds(FilterSession session) => session.Roles is { } roles && Array.TrueForAll(Roles, roles.Contains);

        public override string Write(FilterStyle style) => style.Word("hasRoles") + style.Any("", style.Space()) + style.List(Roles);
    }

    public sealed record RolesEqual(string[] Roles, bool IsNegated) : FilterModel
    {
        public override bool Holds(FilterSession session) => IsNegated ^ (session.Roles is { } roles && roles.SetEquals(Roles));

        public override string Write(FilterStyle style) =>
            "$Roles" + style.Space() + style.Word(IsNegated ? "ne" : "is") + style.Space() + style.Value(FilterSession.Quote(Roles));
    }

    public sealed record RolesAmong(string[][] Sets) : FilterModel
    {
        public override bool Holds(FilterSession session) => session.Roles is { } roles && Array.Exists(Sets, roles.SetEquals);

        public override string Write(FilterStyle style) =>
            "$Roles" + style.Space() + style.Word("in") + style.Space() + style.List(Sets.Select(FilterSession.Quote));
    }

    public sealed record Not(FilterModel Operand) : FilterModel
    {
        public override int Regexes => Operand.Regexes;

        public override bool Holds(FilterSession session) => !Operand.Holds(session);

        public override string Write(FilterStyle style) =>
            style.Word("not") + style.Space() + WriteOperand(Operand, Operand is And or Or, style);
    }

    public sealed record And(FilterModel[] Operands) : FilterModel
    {
        public override int Regexes => Operands.Sum(operand => operand.Regexes);

        public override bool Holds(FilterSession session) => Array.TrueForAll(Operands, operand => operand.Holds(session));

        public override string Write(FilterStyle style) => string.Join(
            style.Space() + style.Word("and") + style.Space(),
            Operands.Select(operand => WriteOperand(operand, operand is Or, style)));
    }

    public sealed record Or(FilterModel[] Operands) : FilterModel
    {
        public override int Regexes => Operands.Sum(operand => operand.Regexes);

        public override bool Holds(FilterSession session) => Array.Exists(Operands, operand => operand.Holds(session));

        public override string Write(FilterStyle style) => string.Join(
            style.Space() + style.Word("or") + style.Space(),
            Operands.Select(operand => WriteOperand(operand, needsParentheses: false, style)));
    }

    private static string WriteOperand(FilterModel operand, bool needsParentheses, FilterStyle style)
    {
        var text = operand.Write(style);
        return needsParentheses || style.Chance(10) ? style.Any($"({text})", $"( {text} )") : text;
    }
}
