namespace Tlb.Core;

/// <summary>Reports every problem of a set of options in one exception.</summary>
internal static class InvalidOptions
{
    /// <summary>Throws if there is any problem.</summary>
    /// <param name="what">What was checked, such as the name of the options class.</param>
    /// <param name="problems">What was found, a sentence each.</param>
    /// <exception cref="ArgumentException">There is a problem; the message lists them all.</exception>
    public static void ThrowIfAny(string what, IReadOnlyCollection<string> problems)
    {
        ArgumentNullException.ThrowIfNull(problems);
        if (problems.Count > 0)
            throw new ArgumentException($"{what} can't be used as it stands: {string.Join(" ", problems)}");
    }
}
