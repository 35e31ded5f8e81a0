using System.Collections.Frozen;

namespace RabbitBridge.Filters;

/// <summary>What a token is. Signs stand for themselves.</summary>
internal static class FilterTokenKind
{
    public const char Word = 'w', Value = 'v', End = '$', And = '&', Or = '|', WrongAnd = 'A', WrongOr = 'O', Not = '!', WrongNot = 'N',
        All = 'a', Has = 'h', HasRoles = 'r', Equal = '=', NotEqual = '#', In = 'i', Matches = '~';

    /// <summary>The words that mean something, also those of other languages. All the others are a <see cref="Word"/>.</summary>
    public static readonly FrozenDictionary<string, char> OfWord = new Dictionary<string, char>
    {
        ["and"] = And,
        ["&&"] = WrongAnd,
        ["&"] = WrongAnd,
        ["or"] = Or,
        ["||"] = WrongOr,
        ["|"] = WrongOr,
        ["not"] = Not,
        ["!"] = WrongNot,
        ["all"] = All,
        ["has"] = Has,
        ["hasRoles"] = HasRoles,
        ["is"] = Equal,
        ["eq"] = Equal,
        ["ne"] = NotEqual,
        ["in"] = In,
        ["matches"] = Matches,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
}
