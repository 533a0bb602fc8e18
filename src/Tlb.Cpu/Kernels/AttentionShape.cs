namespace Tlb.Cpu;

/// <summary>The sizes of an attention, and how its arrays lie in memory.</summary>
/// <param name="Queries">The columns that ask.</param>
/// <param name="Keys">The tokens that answer.</param>
/// <param name="Heads">The heads.</param>
/// <param name="Dimension">The features of a token.</param>
/// <param name="ProbeStride">The floats from one query's probes, [heads x features], to the next.</param>
/// <param name="ContextStride">The floats from one column of the context to the next.</param>
/// <param name="ReadStride">The floats from one query's results, [heads x features + heads], to the next.</param>
internal readonly record struct AttentionShape(int Queries, int Keys, int Heads, int Dimension, int ProbeStride, int ContextStride, int ReadStride);
