namespace Tlb.Cpu;

/// <summary>A block.</summary>
/// <param name="Queries">The stream that attends, normalised; null where it reads the one state vector whole.</param>
/// <param name="Context">The stream that is attended to, normalised. What several blocks need of a stream is one record.</param>
/// <param name="Attention">The attention.</param>
/// <param name="FeedForward">The feed-forward layer.</param>
internal sealed record BlockRecord(LayerNormRecord? Queries, LayerNormRecord Context, AttentionRecord Attention, FeedForwardRecord FeedForward);
