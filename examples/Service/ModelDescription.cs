namespace Tlb.Examples.Service;

/// <summary>What is known of the model in use.</summary>
/// <param name="File">The name of its file.</param>
/// <param name="Sha256">The file's checksum, in hexadecimal.</param>
/// <param name="Loaded">When it was loaded.</param>
/// <param name="Width">The width in pixels that images are brought to.</param>
/// <param name="Height">Their height.</param>
/// <param name="Parameters">The numbers that were learnt.</param>
/// <param name="Classes">The names of the classes.</param>
internal sealed record ModelDescription(string File, string Sha256, DateTimeOffset Loaded, int Width, int Height, int Parameters, IReadOnlyList<string> Classes);
