namespace Tlb.Cpu;

/// <summary>The weights of the layers of convolutions.</summary>
internal sealed class FoldedConvolutions : IDisposable
{
    /// <summary>Makes layers that are all zero.</summary>
    /// <param name="config">The network, whose tokenizer is convolutions.</param>
    /// <param name="gradients">Reserves places for gradients, for training; null for a network that is only scored with.</param>
    public FoldedConvolutions(TlbConfig config, GradientLayout? gradients)
    {
        Layers = new FoldedConvolution[config.ConvolutionCount];
        for (var i = 0; i < Layers.Length; i++)
            Layers[i] = new(new(config, i), $"tokenizer.{i}", gradients);
    }

    /// <summary>The layers, in order.</summary>
    public FoldedConvolution[] Layers { get; }

    /// <summary>Packs new weights.</summary>
    public void Fold(NetworkWeights weights)
    {
        foreach (var layer in Layers)
            layer.Fold(weights);
    }

    /// <summary>Brings gradients back to the weights' order.</summary>
    /// <param name="gradients">The gradients as they were added up.</param>
    /// <param name="target">Receives the gradients of the weights.</param>
    public void Unfold(ReadOnlySpan<float> gradients, NetworkWeights target)
    {
        foreach (var layer in Layers)
            layer.Unfold(gradients, target);
    }

    public void Dispose()
    {
        foreach (var layer in Layers)
            layer.Dispose();
    }
}
