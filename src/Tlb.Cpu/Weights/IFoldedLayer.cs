namespace Tlb.Cpu;

/// <summary>The weights of a layer as the kernels use them, with what surrounds it folded in.</summary>
internal interface IFoldedLayer : IDisposable
{
    /// <summary>Folds new weights.</summary>
    /// <param name="weights">The weights.</param>
    void Fold(NetworkWeights weights);

    /// <summary>Brings gradients of the folded weights back to the weights they were made of.</summary>
    /// <param name="weights">The weights that were folded.</param>
    /// <param name="gradients">The gradients of the folded weights.</param>
    /// <param name="target">Receives the gradients of the weights, which are zero before.</param>
    void Unfold(NetworkWeights weights, ReadOnlySpan<float> gradients, NetworkWeights target);
}
