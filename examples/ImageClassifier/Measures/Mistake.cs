namespace Tlb.Examples.ImageClassifier;

/// <summary>An image that is taken for another class than its own.</summary>
/// <param name="Index">Its place among the images that were measured on, from 0.</param>
/// <param name="Predicted">The class that it is taken for.</param>
/// <param name="Probability">That class's probability.</param>
internal sealed record Mistake(long Index, string Predicted, float Probability);
