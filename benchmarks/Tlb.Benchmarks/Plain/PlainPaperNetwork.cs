using Tlb.Core;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tlb.Benchmarks.Plain;

/// <summary>The paper's form of the network as <see cref="TlbConfig.Base"/> has it, written plainly: a module per layer.</summary>
internal sealed class PlainPaperNetwork : nn.Module<Tensor, Tensor>
{
    private readonly TlbConfig _config;

    [ComponentName(Name = "tokenizer")]
    private readonly PlainConvolutions _tokenizer;

    [ComponentName(Name = "patch")]
    private readonly PlainPositions _positions;

    [ComponentName(Name = "state")]
    private readonly PlainState _state;

    [ComponentName(Name = "pm")]
    private readonly ModuleList<PlainPaperBlock> _blocks;

    [ComponentName(Name = "tlb")]
    private readonly PlainPaperBlock _bottleneck;

    [ComponentName(Name = "pool")]
    private readonly PlainPooling _pool;

    [ComponentName(Name = "head")]
    private readonly Linear _head;

    /// <summary>Makes a network.</summary>
    /// <param name="config">Its configuration: convolutions, positions and state that are learned, strips, and a read-out from both streams.</param>
    /// <exception cref="NotSupportedException">The configuration has other parts.</exception>
    public PlainPaperNetwork(TlbConfig config) : base(nameof(PlainPaperNetwork))
    {
        if (config is not { Tokenizer: TokenizerKind.Convolutions, Positions: PositionKind.Learned, StateKind: StateKind.Learned, ChunkOrder: ChunkOrder.Strips, ReadOut: ReadOutKind.Both })
            throw new NotSupportedException($"The plain network has the parts of TlbConfig.Base only; not {config}.");
        _config = config;
        _tokenizer = new(config);
        _positions = new(config);
        _state = new(config);
        _blocks = nn.ModuleList([.. Enumerable.Range(0, config.BlockCount).Select(i => new PlainPaperBlock(config, isSelf: !config.ReadsState(i)))]);
        _bottleneck = new(config, isSelf: false);
        _pool = new(config);
        _head = nn.Linear(2 * config.EmbeddingDimension, config.NumberOfClasses);
        RegisterComponents();
    }

    /// <summary>Classifies images, without the softmax.</summary>
    /// <param name="images">Red, green and blue between 0 and 1, [B, S, S, 3].</param>
    /// <returns>The logits, [B, classes].</returns>
    public override Tensor forward(Tensor images)
    {
        var tokens = _positions.call(_tokenizer.call(images));               // [B, N, D]
        var state = _state.Start(images.size(0));                            // [B, V, D]
        List<Tensor> read = [];
        foreach (var chunk in tokens.split(_config.ChunkSize, 1))            // [B, K, D]
        {
            var fast = chunk;
            foreach (var block in _blocks)
                fast = block.call(fast, state);
            state = _bottleneck.call(state, fast);
            read.Add(fast);
        }
        return _head.call(cat([_pool.call(cat(read, 1)), _state.call(state)], 1)); // [B, 2*D] to [B, classes]
    }
}
