namespace Tlb.Examples.Service;

/// <summary>A class of an image.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Probability">Its probability, 0 to 1.</param>
internal sealed record ClassProbability(string Name, float Probability);
