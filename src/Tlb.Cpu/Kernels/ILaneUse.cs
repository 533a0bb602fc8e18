namespace Tlb.Cpu;

/// <summary>What the lanes stand for: the only thing that differs between many images and one.</summary>
internal unsafe interface ILaneUse<L> where L : unmanaged, ILanes<L>
{
    /// <summary>The images at once.</summary>
    static abstract int Images { get; }

    /// <summary>The columns that vectors take, such as the tokens of a chunk.</summary>
    static abstract int Columns(int vectors);

    /// <summary>One feature of one token that attention reads from, in every lane that it concerns.</summary>
    static abstract L LoadContext(float* context, int stride, int token, int feature);

    /// <summary>One feature of one vector of one image.</summary>
    static abstract float Read(float* columns, int stride, int vector, int feature, int image);

    /// <summary>Copies the patches of a column: [P, P, 3][lanes].</summary>
    /// <param name="config">The network.</param>
    /// <param name="images">The images, [S, S, 3][lanes].</param>
    /// <param name="places">The places on the grid of the chunk's tokens.</param>
    /// <param name="column">The column.</param>
    /// <param name="patches">Receives the patches.</param>
    static abstract void CopyPatches(TlbConfig config, float* images, ReadOnlySpan<int> places, int column, float* patches);

    /// <summary>Copies the tokens of a column from all tokens on the grid.</summary>
    /// <param name="grid">All tokens, in columns.</param>
    /// <param name="stride">The floats from one column to the next.</param>
    /// <param name="features">The features.</param>
    /// <param name="places">The places on the grid of the chunk's tokens.</param>
    /// <param name="column">The column.</param>
    /// <param name="x">Receives its features.</param>
    static abstract void CopyTokens(float* grid, int stride, int features, ReadOnlySpan<int> places, int column, float* x);

    /// <summary>Rows that are the same for all images, added to a column's features.</summary>
    /// <param name="rows">[count][features]: one for each vector.</param>
    /// <param name="count">The vectors of all columns.</param>
    /// <param name="features">The features.</param>
    /// <param name="column">The column.</param>
    /// <param name="x">Its features.</param>
    static abstract void AddRows(float* rows, int count, int features, int column, float* x);

    /// <summary>Copies vectors into a longer sequence of them.</summary>
    /// <param name="columns">The columns that hold them.</param>
    /// <param name="stride">The floats from one column to the next, there and in the sequence.</param>
    /// <param name="count">The vectors.</param>
    /// <param name="features">The features.</param>
    /// <param name="sequence">The sequence's columns.</param>
    /// <param name="first">The place of the first vector in it.</param>
    static abstract void Append(float* columns, int stride, int count, int features, float* sequence, int first);

    /// <summary>y = W x + b, or y += W x + b, for the column of a state vector that stands for all.</summary>
    static abstract void StateLinear(Linear layer, float* x, float* y, bool add = false);

    /// <summary>A feed-forward layer, its residual included.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="normed">Its input, normalised.</param>
    /// <param name="stride">The floats from one column to the next.</param>
    /// <param name="wide">Working memory, [columns][hidden].</param>
    /// <param name="wideStride">The floats from one of its columns to the next.</param>
    /// <param name="x">The columns it adds to.</param>
    /// <param name="columns">The columns.</param>
    static abstract void FeedForward(FoldedFeedForward layer, float* normed, int stride, float* wide, int wideStride, float* x, int columns);

    /// <summary>The mean of some vectors, such as the tokens of a chunk.</summary>
    static abstract void Pool(int vectors, int features, float* x, int stride, float* pooled);
}
