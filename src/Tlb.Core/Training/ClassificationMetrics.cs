namespace Tlb.Core;

/// <summary>How well images are classified, over a whole set.</summary>
public sealed record ClassificationMetrics
{
    /// <summary>The images.</summary>
    public required int Count { get; init; }

    /// <summary>The mean cross-entropy (natural logarithm; probabilities are clipped to 1e-7 .. 1 - 1e-7 as in Keras).</summary>
    public required double Loss { get; init; }

    /// <summary>The share of images whose most probable class is their own, 0 to 1 (ML.NET: micro-accuracy).</summary>
    public required double Accuracy { get; init; }

    /// <summary>The share of images whose class is among the five most probable, 0 to 1.</summary>
    public required double Top5Accuracy { get; init; }

    /// <summary>The mean over the classes that occur of the accuracy of their images, 0 to 1.</summary>
    public required double MacroAccuracy { get; init; }
}
