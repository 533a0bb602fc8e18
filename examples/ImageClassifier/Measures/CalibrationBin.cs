namespace Tlb.Examples.ImageClassifier;

/// <summary>Images whose predicted class had about the same probability.</summary>
/// <param name="From">The least probability.</param>
/// <param name="To">The probability that the next bin begins at.</param>
/// <param name="Images">How many there are.</param>
/// <param name="Confidence">The mean of their probabilities; NaN without images.</param>
/// <param name="Accuracy">The share of them whose predicted class is their own; NaN without images.</param>
internal sealed record CalibrationBin(double From, double To, int Images, double Confidence, double Accuracy);
