namespace RabbitBridge.Settings;

/// <summary>Finds what somebody may have meant by a name that is not known.</summary>
internal static class NearestName
{
    /// <summary>The known name that takes the fewest changes of single letters, case aside; <see langword="null"/> if all take too many.</summary>
    public static string? Of(string name, IEnumerable<string> known) => known
        .Select(other => (Name: other, Changes: Changes(name.ToUpperInvariant(), other.ToUpperInvariant())))
        .Where(each => each.Changes <= Math.Min(name.Length, each.Name.Length) / 3)
        .OrderBy(static each => each.Changes)
        .Select(static each => each.Name)
        .FirstOrDefault();

    // Optimal string alignment: letters that have changed places are one change, as people mistype them.
    private static int Changes(string a, string b)
    {
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
            rows[i, 0] = i;
        for (var j = 0; j <= b.Length; j++)
            rows[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var changed = rows[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                rows[i, j] = Math.Min(changed, Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
            }
        }

        return rows[a.Length, b.Length];
    }
}
