namespace Tlb.Examples.Service;

/// <summary>What an image shows.</summary>
/// <param name="Classes">The most probable classes, the most probable first.</param>
/// <param name="Attention">A PNG, as a data address, of the image with what the network attended to over it; null where it was not asked for.</param>
/// <param name="Model">The checksum of the model file that says so.</param>
internal sealed record Classification(IReadOnlyList<ClassProbability> Classes, string? Attention, string Model);
