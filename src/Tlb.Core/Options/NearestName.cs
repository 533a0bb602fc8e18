namespace Tlb.Core;

/// <summary>Finds what a misspelt name was probably meant to be, for error messages ("did you mean ...?").</summary>
internal static class NearestName
{
    /// <summary>
    /// The valid name that takes the fewest letters added, left out, replaced or swapped with their neighbour, in any case; the
    /// first of equals. Null if none is near: more than one letter in three would be wrong.
    /// </summary>
    /// <param name="name">The misspelt name.</param>
    /// <param name="names">The valid names.</param>
    public static string? Find(string name, IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(names);
        var lowered = name.ToLowerInvariant();
        return names
            .Select(valid => (Name: valid, Distance: Distance(lowered, valid.ToLowerInvariant())))
            .Where(found => found.Distance <= Math.Max(name.Length, found.Name.Length) / 3)
            .OrderBy(found => found.Distance)                                // stable: the first of equals stays first
            .FirstOrDefault().Name;
    }

    /// <summary>The Damerau-Levenshtein distance, by which no letter is changed twice (optimal string alignment).</summary>
    private static int Distance(string a, string b)
    {
        var distance = new int[a.Length + 1, b.Length + 1];                  // of the first i letters of a to the first j of b
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    distance[i, j] = i + j;
                    continue;
                }
                var replaced = distance[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                distance[i, j] = Math.Min(replaced, 1 + Math.Min(distance[i - 1, j], distance[i, j - 1]));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    distance[i, j] = Math.Min(distance[i, j], distance[i - 2, j - 2] + 1);
            }
        }
        return distance[a.Length, b.Length];
    }
}
