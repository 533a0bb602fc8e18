namespace Tlb.Examples.ImageClassifier;

/// <summary>Where scores are written, and as what.</summary>
/// <param name="Output">The table of scores.</param>
/// <param name="BadList">The list of images that can't be read; null for none.</param>
/// <param name="IsRaw">Whether names stay in CSV that a spreadsheet would take for a formula.</param>
/// <param name="Shard">The shard that is scored; null for all images.</param>
internal sealed record ScoreTargets(Output Output, Output? BadList, bool IsRaw, Shard? Shard)
{
    /// <summary>Checks that all can be written.</summary>
    public static ScoreTargets Check(string output, string? badList, bool isRaw, Shard? shard)
    {
        var targets = new ScoreTargets(
            ImageClassifier.Output.CheckText("--output", output, TableFormat.Extensions),
            badList is null ? null : ImageClassifier.Output.Check(ScoreCommand.BadList.Name, badList, TableFormat.Extensions), isRaw, shard);
        return !isRaw || TableFormat.Of(targets.Output).IsCsv
            ? targets
            : throw new ArgumentException($"--raw-names is about CSV, and --output is '{output}', where names are as they are anyway; leave it out.");
    }

    /// <summary>Fails where the output is standard output or a device: nothing can be beside it.</summary>
    /// <param name="option">The option that asks for something beside it.</param>
    public void ThrowIfNoFile(string option)
    {
        if (Output.Path?.StartsWith("/dev/", StringComparison.Ordinal) != false)
            throw new ArgumentException($"{option} needs a file for --output, since it keeps files beside it; --output is {Output}.");
    }
}
