namespace Tlb.Cpu;

/// <summary>What the lanes stand for: the only thing that differs between many images and one.</summary>
internal unsafe interface ILaneUse<L> where L : unmanaged, ILanes<L>
{
    /// <summary>The images at once.</summary>
    static abstract int Images { get; }

    /// <summary>The columns that the tokens of a chunk take.</summary>
    static abstract int Columns(int tokens);

    /// <summary>One feature of one token that attention reads from, in every lane that it concerns.</summary>
    static abstract L LoadContext(float* context, int stride, int token, int feature);

    /// <summary>Copies the patches of a column: [P, P, 3][lanes].</summary>
    static abstract void CopyPatches(TlbConfig config, float* images, int firstToken, int column, float* patches);

    /// <summary>The learned positions of a column's tokens, added to its features.</summary>
    static abstract void AddPositions(TlbConfig config, float* positions, int firstToken, int column, float* x);

    /// <summary>y = W x + b, or y += W x + b, for the state's one column.</summary>
    static abstract void StateLinear(Linear layer, float* x, float* y, bool add = false);

    /// <summary>A feed-forward layer, its residual included.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="normed">Its input, normalised.</param>
    /// <param name="stride">The floats from one column to the next.</param>
    /// <param name="wide">Working memory, [columns][4 D].</param>
    /// <param name="wideStride">The floats from one of its columns to the next.</param>
    /// <param name="x">The columns it adds to.</param>
    /// <param name="columns">The columns.</param>
    static abstract void FeedForward(FoldedFeedForward layer, float* normed, int stride, float* wide, int wideStride, float* x, int columns);

    /// <summary>The mean of the tokens of a chunk.</summary>
    static abstract void Pool(int tokens, int features, float* x, int stride, float* pooled);
}
