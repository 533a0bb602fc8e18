namespace Tlb.ML;

/// <summary>An image, or a folder of images, that can't be used, and why.</summary>
/// <param name="Where">The path of the file or folder, or the row it stands in with the texts of that row.</param>
/// <param name="Problem">What is wrong with it.</param>
public sealed record BadImage(string Where, string Problem)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Where}: {Problem}";
}
