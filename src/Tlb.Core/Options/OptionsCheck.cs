namespace Tlb.Core;

/// <summary>Collects what is wrong with options that lie in one another.</summary>
/// <param name="path">The name of the options, as a user finds them.</param>
/// <param name="problems">The list to add to; null for a new one.</param>
internal readonly struct OptionsCheck(string path, List<string>? problems = null)
{
    public List<string> Problems { get; } = problems ?? [];

    /// <summary>The check of options within these.</summary>
    public OptionsCheck Of(string name) => new($"{path}.{name}", Problems);

    public void Add(string problem) => Problems.Add(problem);

    public void NotNegative(string name, float value) => Between(name, value, 0, float.PositiveInfinity);

    public void Probability(string name, float value) => Between(name, value, 0, 1);

    /// <summary>A finite number in a range, its ends included.</summary>
    public void Between(string name, float value, float low, float high)
    {
        if (!(value >= low && value <= high && float.IsFinite(value)))
            Add(FormattableString.Invariant($"{path}.{name} is {value}; expected {low} {(float.IsFinite(high) ? FormattableString.Invariant($"to {high}") : "or more")}."));
    }

    /// <summary>Two finite numbers above 0, at most a highest one, of which the first is not the larger.</summary>
    public void Range(string lowName, float low, string highName, float high, float highest)
    {
        if (!(low > 0 && low <= high && high <= highest && float.IsFinite(high)))
            Add(FormattableString.Invariant($"{path}.{lowName} is {low} and {highName} is {high}; expected above 0, the first not the larger") +
                (float.IsFinite(highest) ? FormattableString.Invariant($", and at most {highest}.") : "."));
    }
}
