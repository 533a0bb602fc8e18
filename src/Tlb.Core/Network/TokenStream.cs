namespace Tlb.Core;

/// <summary>One of the two streams of vectors that attention reads from and changes.</summary>
internal enum TokenStream
{
    /// <summary>The tokens of a chunk.</summary>
    Fast,

    /// <summary>The state vectors.</summary>
    Slow,
}
