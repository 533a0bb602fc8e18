using System.Numerics;
using System.Runtime.CompilerServices;

namespace Tlb.Core;

/// <summary>
/// Collects all that is wrong with options and the options within them: a sentence each, which begins with the path that leads a user to
/// the member, such as <c>Options.Augmentation.RandomCrop is -1; expected 0 to 1024.</c>
/// </summary>
/// <remarks>
/// A member's name is the argument as it is written: <c>check.AtLeast(BatchSize, 1)</c> names BatchSize. A number has to be finite,
/// whatever else is asked of it.
/// </remarks>
internal readonly struct OptionsCheck
{
    private readonly string _path;

    private OptionsCheck(string path, List<string> problems) => (_path, Problems) = (path, problems);

    /// <summary>What was found so far.</summary>
    public List<string> Problems { get; }

    /// <summary>A check that has found nothing yet.</summary>
    /// <param name="options">What is checked: the name of its class is where paths begin.</param>
    public static OptionsCheck Of(ICheckedOptions options) => new(options.GetType().Name, []);

    /// <summary>What is wrong with some options, a sentence each.</summary>
    public static IReadOnlyList<string> Run(ICheckedOptions options)
    {
        var check = Of(options);
        options.Check(check);
        return check.Problems;
    }

    /// <summary>Checks options within these.</summary>
    public void Part(ICheckedOptions? part, [CallerArgumentExpression(nameof(part))] string name = "")
    {
        That(part is not null, part, "an object", name);
        OptionalPart(part, name);
    }

    /// <summary>Checks options within these that may be null.</summary>
    public void OptionalPart(ICheckedOptions? part, [CallerArgumentExpression(nameof(part))] string name = "") =>
        part?.Check(new($"{_path}.{name}", Problems));

    /// <summary>Whether a problem of a member was found.</summary>
    /// <param name="name">The member.</param>
    public bool Has(string name)
    {
        var start = $"{_path}.{name} ";
        return Problems.Exists(problem => problem.StartsWith(start, StringComparison.Ordinal));
    }

    /// <summary>Adds a problem.</summary>
    /// <param name="name">The member.</param>
    /// <param name="problem">The rest of the sentence.</param>
    public void Add(string name, string problem) => Problems.Add($"{_path}.{name} {problem}");

    /// <summary>Adds a problem unless a value fits.</summary>
    public void That(bool fits, object? value, string expected, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        if (!fits)
            Add(name, FormattableString.Invariant($"is {value ?? "null"}; expected {expected}."));
    }

    /// <summary>A number that is not below a lowest one.</summary>
    public void AtLeast<T>(T value, T low, [CallerArgumentExpression(nameof(value))] string name = "") where T : struct, INumber<T> =>
        That(T.IsFinite(value) && value >= low, value, FormattableString.Invariant($"{low} or more"), name);

    /// <summary>A number that is not below a lowest one, or null.</summary>
    public void AtLeast<T>(T? value, T low, [CallerArgumentExpression(nameof(value))] string name = "") where T : struct, INumber<T> =>
        That(value is not { } number || (T.IsFinite(number) && number >= low), value, FormattableString.Invariant($"{low} or more, or null"), name);

    /// <summary>A number above 0.</summary>
    public void Positive(float value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        That(float.IsFinite(value) && value > 0, value, "a number above 0", name);

    /// <summary>A number above 0, or null.</summary>
    public void Positive(float? value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        That(value is not { } number || (float.IsFinite(number) && number > 0), value, "a number above 0, or null", name);

    /// <summary>A number in a range, its ends included.</summary>
    public void Between<T>(T value, T low, T high, [CallerArgumentExpression(nameof(value))] string name = "") where T : struct, INumber<T> =>
        That(value >= low && value <= high, value, FormattableString.Invariant($"{low} to {high}"), name);

    /// <summary>A number from 0 to 1, as shares and probabilities are.</summary>
    public void Share<T>(T value, [CallerArgumentExpression(nameof(value))] string name = "") where T : struct, INumber<T> => Between(value, T.Zero, T.One, name);

    /// <summary>A share of less than all.</summary>
    public void ShareBelowOne<T>(T value, [CallerArgumentExpression(nameof(value))] string name = "") where T : struct, INumber<T> =>
        That(value >= T.Zero && value < T.One, value, "0 or more and less than 1", name);

    /// <summary>A share of more than nothing.</summary>
    public void ShareAboveZero<T>(T value, [CallerArgumentExpression(nameof(value))] string name = "") where T : struct, INumber<T> =>
        That(value > T.Zero && value <= T.One, value, "more than 0, up to 1", name);

    /// <summary>A share of more than nothing and less than all, or null.</summary>
    public void ProperShare<T>(T? value, [CallerArgumentExpression(nameof(value))] string name = "") where T : struct, INumber<T> =>
        That(value is not { } share || (share > T.Zero && share < T.One), value, "above 0 and below 1, or null", name);

    /// <summary>One of the values that an enum names.</summary>
    public void Named<T>(T value, [CallerArgumentExpression(nameof(value))] string name = "") where T : struct, Enum =>
        That(Enum.IsDefined(value), value, $"one of {string.Join(", ", Enum.GetNames<T>())}", name);

    /// <summary>A text that says something.</summary>
    /// <param name="value">The text.</param>
    /// <param name="expected">What it has to be, such as "a column's name".</param>
    /// <param name="name">The member.</param>
    public void Text(string? value, string expected, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        if (string.IsNullOrWhiteSpace(value))
            Add(name, $"is {(value is null ? "null" : "empty")}; expected {expected}.");
    }

    /// <summary>A text that says something, or null.</summary>
    public void OptionalText(string? value, string expected, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        if (value is not null)
            Text(value, $"{expected}, or null", name);
    }

    /// <summary>The lowest and highest share of more than nothing.</summary>
    public void ShareRange(float low, float high, [CallerArgumentExpression(nameof(low))] string lowName = "", [CallerArgumentExpression(nameof(high))] string highName = "")
    {
        var found = Problems.Count;
        ShareAboveZero(low, lowName);
        ShareAboveZero(high, highName);
        if (Problems.Count == found)
            Ordered(low, high, lowName, highName);
    }

    /// <summary>The lowest and highest number above 0.</summary>
    public void PositiveRange(float low, float high, [CallerArgumentExpression(nameof(low))] string lowName = "", [CallerArgumentExpression(nameof(high))] string highName = "")
    {
        var found = Problems.Count;
        Positive(low, lowName);
        Positive(high, highName);
        if (Problems.Count == found)
            Ordered(low, high, lowName, highName);
    }

    private void Ordered(float low, float high, string lowName, string highName) =>
        That(low <= high, high, FormattableString.Invariant($"{lowName}, which is {low}, or more"), highName);
}
