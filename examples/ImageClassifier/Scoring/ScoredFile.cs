namespace Tlb.Examples.ImageClassifier;

/// <summary>A row of images to score: as the models of this program want them, and which of the list it is.</summary>
internal sealed class ScoredFile
{
    /// <summary>A class; scoring needs none.</summary>
    public string Label { get; set; } = "";

    /// <summary>The full path.</summary>
    public string ImagePath { get; set; } = "";

    /// <summary>The place in the list.</summary>
    public int Index { get; set; }
}
