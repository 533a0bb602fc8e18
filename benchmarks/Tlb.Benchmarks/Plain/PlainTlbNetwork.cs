using Tlb.Core;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tlb.Benchmarks.Plain;

/// <summary>The same network as ours, written plainly: a module per layer, and the operators as the Keras example names them.</summary>
internal sealed class PlainTlbNetwork : nn.Module<Tensor, Tensor>
{
    private readonly TlbConfig _config;

    [ComponentName(Name = "patch")]
    private readonly PlainPatchEmbedding _patchEmbedding;

    [ComponentName(Name = "pm")]
    private readonly ModuleList<PlainBlock> _blocks;

    [ComponentName(Name = "tlb")]
    private readonly PlainBottleneck _bottleneck;

    [ComponentName(Name = "head")]
    private readonly Linear _head;

    public PlainTlbNetwork(TlbConfig config) : base(nameof(PlainTlbNetwork))
    {
        _config = config;
        _patchEmbedding = new(config);
        _blocks = nn.ModuleList([.. Enumerable.Range(0, config.BlockCount).Select(i => new PlainBlock(config, config.ReadsState(i)))]);
        _bottleneck = new(config);
        _head = nn.Linear(config.EmbeddingDimension, config.NumberOfClasses);
        RegisterComponents();
    }

    /// <summary>Classifies images, without the softmax.</summary>
    /// <param name="images">Red, green and blue between 0 and 1, [B, S, S, 3].</param>
    /// <returns>The logits, [B, classes].</returns>
    public override Tensor forward(Tensor images)
    {
        var chunks = _patchEmbedding.call(images).unbind(1);                 // each [B, K, D]
        var fast = chunks[0];
        var state = zeros(images.size(0), _config.ChunkSize, _config.EmbeddingDimension);
        foreach (var chunk in chunks)
        {
            fast = chunk;
            foreach (var block in _blocks)
                fast = block.call(fast, state);
            state = _bottleneck.call(state, fast);
        }
        return _head.call(fast.mean([1]));                                   // [B, D] to [B, classes]
    }
}
