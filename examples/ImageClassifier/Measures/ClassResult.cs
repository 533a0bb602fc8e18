namespace Tlb.Examples.ImageClassifier;

/// <summary>How well the images of one class are told from others.</summary>
/// <param name="Name">The class.</param>
/// <param name="Images">Its images.</param>
/// <param name="Precision">The share of images taken for it that are of it; null where none is taken for it.</param>
/// <param name="Recall">The share of its images that are taken for it: their accuracy; null without images.</param>
/// <param name="F1">The harmonic mean of both; null without images.</param>
internal sealed record ClassResult(string Name, int Images, double? Precision, double? Recall, double? F1);
