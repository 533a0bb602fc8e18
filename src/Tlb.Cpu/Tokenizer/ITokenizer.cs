namespace Tlb.Cpu;

/// <summary>Makes tokens of the images of a tile, with working memory of its own. Used by one thread at a time.</summary>
internal unsafe interface ITokenizer : IDisposable
{
    /// <summary>The floats that it takes.</summary>
    long Floats { get; }

    /// <summary>Takes images in.</summary>
    /// <param name="images">[S, S, 3][lanes]; they stay as they are until the next ones.</param>
    void Start(float* images);

    /// <summary>Makes tokens of a chunk, before their positions are added.</summary>
    /// <param name="first">The chunk's first token, in the order of reading.</param>
    /// <param name="tokens">The tokens of the chunk.</param>
    /// <param name="column">The first column to make.</param>
    /// <param name="columns">The columns.</param>
    /// <param name="x">Receives them, [columns][D][lanes].</param>
    void Read(int first, int tokens, int column, int columns, float* x);

    /// <summary>Takes in the gradient of a chunk's tokens; in training, where columns are tokens.</summary>
    /// <param name="first">The chunk's first token.</param>
    /// <param name="tokens">The tokens of the chunk.</param>
    /// <param name="gradient">[tokens][D][lanes].</param>
    /// <param name="gradients">The gradients of the whole network: added to, now or in <see cref="Finish"/>.</param>
    void Backward(int first, int tokens, float* gradient, float* gradients);

    /// <summary>Ends the way back, after the gradients of all chunks.</summary>
    /// <param name="gradients">The gradients of the whole network: added to.</param>
    void Finish(float* gradients);
}
