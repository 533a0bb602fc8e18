using Tlb.Core;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Tlb.Benchmarks.Plain;

/// <summary>Trains and scores with the plain network: its optimizer and its loss are TorchSharp's own.</summary>
internal sealed class PlainTorchSharp : IDisposable
{
    private const float WeightDecay = 1e-4f;

    private readonly nn.Module<Tensor, Tensor> _network;
    private readonly AdamW _optimizer;
    private readonly Tensor _images;                                         // [B, S, S, 3]
    private readonly Tensor _labels;                                         // [B]

    /// <summary>Makes the network and the tensors of a batch.</summary>
    /// <param name="config">The network, with its dropouts.</param>
    /// <param name="weights">The weights to start from. They are copied.</param>
    /// <param name="images">The images, of the network's size.</param>
    public PlainTorchSharp(TlbConfig config, NetworkWeights weights, ImageBatch images)
    {
        _network = config.Form == TlbForm.Paper ? new PlainPaperNetwork(config) : new PlainTlbNetwork(config);
        PlainWeights.CopyTo(_network, weights);
        _optimizer = optim.AdamW(_network.parameters(), lr: 1e-3, weight_decay: WeightDecay);
        using var scope = NewDisposeScope();
        _images = (tensor(images.Pixels.ToArray()).to(ScalarType.Float32) * images.Layout.Scale)
            .view(images.Count, config.ImageSize, config.ImageSize, TlbConfig.Channels).DetachFromDisposeScope();
        _labels = tensor(images.Labels.ToArray(), ScalarType.Int64).DetachFromDisposeScope();
    }

    /// <summary>A training step.</summary>
    /// <returns>The loss.</returns>
    public float RunStep()
    {
        using var scope = NewDisposeScope();
        _network.train();
        _optimizer.zero_grad();
        var loss = nn.functional.cross_entropy(_network.call(_images), _labels); // []
        loss.backward();
        _optimizer.step();
        return loss.item<float>();
    }

    /// <summary>Scores the batch, without dropout.</summary>
    /// <returns>The probability of each class, [B, classes].</returns>
    public float[] Score()
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        _network.eval();
        return _network.call(_images).softmax(1).data<float>().ToArray();    // [B, classes]
    }

    public void Dispose()
    {
        _labels.Dispose();
        _images.Dispose();
        _optimizer.Dispose();
        _network.Dispose();
    }
}
