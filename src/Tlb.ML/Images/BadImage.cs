namespace Tlb.ML;

/// <summary>An image that can't be used, and why.</summary>
/// <param name="Where">The file's path, or the row it stands in with the texts of that row.</param>
/// <param name="Problem">What is wrong with it.</param>
public sealed record BadImage(string Where, string Problem)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Where}: {Problem}";
}
