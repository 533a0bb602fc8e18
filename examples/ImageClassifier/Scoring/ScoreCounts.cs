namespace Tlb.Examples.ImageClassifier;

/// <summary>What was counted while images were scored.</summary>
internal sealed record ScoreCounts
{
    /// <summary>The images that were scored.</summary>
    public long Scored { get; set; }

    /// <summary>Those of them that have a row.</summary>
    public long Rows { get; set; }

    /// <summary>The images that can't be read.</summary>
    public long Bad { get; set; }

    /// <summary>Those scored that lie in a sub-folder named as a class.</summary>
    public long Labelled { get; set; }

    /// <summary>Those of them whose class was predicted.</summary>
    public long Correct { get; set; }

    /// <summary>Two counts as one.</summary>
    public static ScoreCounts operator +(ScoreCounts a, ScoreCounts b) => new()
    {
        Scored = a.Scored + b.Scored, Rows = a.Rows + b.Rows, Bad = a.Bad + b.Bad, Labelled = a.Labelled + b.Labelled, Correct = a.Correct + b.Correct,
    };

    /// <summary>Prints them.</summary>
    /// <param name="output">Where the rows are.</param>
    /// <param name="badList">Where the images are listed that can't be read; null for nowhere.</param>
    public void Write(Output output, Output? badList)
    {
        Console.WriteLine(Rows == Scored ? $"Scored {Scored:N0} images into {output}." : $"Scored {Scored:N0} images; {Rows:N0} of them have the confidence that was asked for, and are in {output}.");
        if (Labelled > 0)
            Console.WriteLine(FormattableString.Invariant($"accuracy {(double)Correct / Labelled:P2} ({Correct:N0} of {Labelled:N0} images in sub-folders named as classes)"));
        if (badList is not null && Bad > 0)
            Console.Error.WriteLine(FormattableString.Invariant($"warning: {Bad:N0} left out: they are listed in {badList}."));
    }
}
