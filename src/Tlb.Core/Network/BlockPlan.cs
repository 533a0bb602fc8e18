namespace Tlb.Core;

/// <summary>A Transformer block: x += attention; x += feed-forward.</summary>
/// <param name="Attention">The attention.</param>
/// <param name="FeedForward">What the names of the feed-forward layer's weights begin with. Blocks of the same name share them.</param>
internal sealed record BlockPlan(AttentionPlan Attention, string FeedForward);
