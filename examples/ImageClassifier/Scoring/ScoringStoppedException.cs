namespace Tlb.Examples.ImageClassifier;

/// <summary>A scoring was cancelled, and what it did is kept.</summary>
/// <param name="message">What is to be said of it.</param>
internal sealed class ScoringStoppedException(string message) : OperationCanceledException(message);
