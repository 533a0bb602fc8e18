namespace Tlb.Examples.ImageClassifier;

/// <summary>A column of a table.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsNumber">Whether it holds numbers; else it holds texts.</param>
internal sealed record Column(string Name, bool IsNumber);
