namespace Tlb.Cpu;

/// <summary>The forward pass of a tile of images in training: keeps what the backward pass needs.</summary>
internal sealed unsafe class TileForward<L> : IDisposable where L : unmanaged, ILanes<L>
{
    private readonly FoldedNetwork _network;
    private readonly TlbConfig _config;
    private readonly TileShape _shape;
    private readonly WorkMemory _memory = new();
    private readonly LaneImages<L> _images;
    private readonly AugmentedLanes<L> _augmented;
    private readonly float* _x;                                              // [K][D]: the fast stream
    private readonly float* _state;                                          // [S][D]
    private readonly float* _change;                                         // [2][D]
    private readonly float* _wide;                                           // [2][4 D]
    private readonly float* _kept;                                           // [K]: probabilities after dropout

    public TileForward(FoldedNetwork network, TileShape shape)
    {
        (_network, _config, _shape) = (network, network.Config, shape);
        (_images, _augmented) = (new(_config.ImageSize), new(_config.ImageSize));
        _x = _memory.Allocate(shape.Tokens, shape.Stride);
        _state = _memory.Allocate(shape.States, shape.Stride);
        _change = _memory.Allocate(TileShape.Pair, shape.Stride);
        _wide = _memory.Allocate(TileShape.Pair, shape.WideStride);
        _kept = _memory.Allocate(shape.Tokens, L.Count);
        Pooled = _memory.Allocate(shape.Stride);
        Logits = _memory.Allocate(shape.LogitStride);
        Chunks = [.. Enumerable.Range(0, _config.ChunkCount).Select(_ => new ChunkRecord(shape, _memory))];
    }

    /// <summary>The floats that it takes beside its images.</summary>
    internal long Floats => _memory.Count;

    /// <summary>What each chunk left for the backward pass.</summary>
    public ChunkRecord[] Chunks { get; }

    /// <summary>The mean of the last chunk's tokens, [D].</summary>
    public float* Pooled { get; }

    /// <summary>The logits of the classes, [classes].</summary>
    public float* Logits { get; }

    /// <summary>Runs the network.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="first">The place in it of the image for lane 0.</param>
    /// <param name="count">The images.</param>
    /// <param name="dropout">The dropouts of this step.</param>
    public void Run(ImageBatch batch, int first, int count, StepDropout dropout)
    {
        if (batch.IsAugmented)
            _augmented.Fill(batch, first, count, _images.Pixels);
        else
            _images.Fill(batch, first, count);
        new Span<float>(_state, _shape.States * _shape.Stride).Clear();
        for (var t = 0; t < Chunks.Length; t++)
        {
            var record = Chunks[t];
            PatchEmbedding.Forward<L, ImagesInLanes<L>>(                     // [K][D]
                _network, _shape, _images.Pixels, t * _shape.Tokens, 0, _shape.Tokens, record.Patches, _x, record.Tokens.Normed, record.Tokens.Inverse);
            LayerNorm.Forward<L>(_state, record.State.Normed, record.State.Inverse, _shape.Features, _shape.Stride, _shape.States);
            for (var b = 0; b < record.Blocks.Length; b++)
            {
                SelfAttention(_network.Blocks[b], record.Blocks[b], dropout.Attention(t, b, slow: false, first), dropout.FeedForward(t, b, slow: false, first));
                if (_network.Blocks[b].Slow is not null)
                    CrossAttention(_network.Blocks[b], record, record.Blocks[b], dropout.Attention(t, b, slow: true, first), dropout.FeedForward(t, b, slow: true, first));
            }
            if (t < Chunks.Length - 1)
                UpdateState(record, dropout.Attention(t, record.Blocks.Length, slow: false, first), dropout.FeedForward(t, record.Blocks.Length, slow: false, first));
        }
        ImagesInLanes<L>.Pool(_shape.Tokens, _shape.Features, _x, _shape.Stride, Pooled);
        _network.Classifier.Forward<L>(Pooled, _shape.Stride, Logits, 0, 1);
    }

    public void Dispose()
    {
        _images.Dispose();
        _augmented.Dispose();
        _memory.Dispose();
    }

    private void SelfAttention(FoldedBlock block, BlockRecord record, in DropoutMask attention, in DropoutMask feedForward)
    {
        LayerNorm.Forward<L>(_x, record.FastInput.Normed, record.FastInput.Inverse, _shape.Features, _shape.Stride, _shape.Tokens);
        Attend(block.Fast, record.Fast, record.FastInput.Normed, record.FastInput.Normed, _shape.Attention(_shape.Tokens, _shape.Tokens), _x, attention);
        FeedForward(block.FeedForward, record.FastFeedForward, _x, _shape.Tokens, feedForward);
    }

    private void CrossAttention(FoldedBlock block, ChunkRecord chunk, BlockRecord record, in DropoutMask attention, in DropoutMask feedForward)
    {
        if (record.SlowInput is { } input)
        {
            LayerNorm.Forward<L>(_x, input.Normed, input.Inverse, _shape.Features, _shape.Stride, _shape.Tokens);
            Attend(block.Slow!, record.Slow!, input.Normed, chunk.State.Normed, _shape.Attention(_shape.Tokens, _shape.States), _x, attention);
        }
        else                                                                 // one state vector, read whole by every token
        {
            block.Slow!.ReadState<L, ImagesInLanes<L>>(_shape.Attention(1, 1), chunk.State.Normed, record.Slow!.Read, _change); // [D]
            for (var c = 0; c < _shape.Tokens; c++)
                Vectors.Add<L>(_change, _x + c * _shape.Stride, _shape.Features);
        }
        FeedForward(block.FeedForward, record.SlowFeedForward!, _x, _shape.Tokens, feedForward);
    }

    private void UpdateState(ChunkRecord record, in DropoutMask attention, in DropoutMask feedForward)
    {
        LayerNorm.Forward<L>(_x, record.Fast.Normed, record.Fast.Inverse, _shape.Features, _shape.Stride, _shape.Tokens);
        Attend(_network.Bottleneck.Fast, record.Bottleneck, record.State.Normed, record.Fast.Normed, _shape.Attention(_shape.States, _shape.Tokens), _state, attention);
        FeedForward(_network.Bottleneck.FeedForward, record.BottleneckFeedForward, _state, _shape.States, feedForward);
    }

    private void Attend(
        FoldedAttention layer, AttentionRecord record, float* queries, float* context, in AttentionShape shape, float* x, in DropoutMask mask) =>
        layer.Forward<L, ImagesInLanes<L>>(shape, queries, context, record.Probes, record.Probabilities, record.Read, x, mask, _kept); // [queries][D]

    private void FeedForward(FoldedFeedForward layer, FeedForwardRecord record, float* x, int columns, in DropoutMask mask)
    {
        var d = _shape.Features;
        for (var c = 0; c < columns; c += TileShape.Pair, x += TileShape.Pair * _shape.Stride)
        {
            var count = Math.Min(TileShape.Pair, columns - c);
            float* normed = record.Input.Normed + c * _shape.Stride, wide = record.Wide + c * _shape.WideStride;
            LayerNorm.Forward<L>(x, normed, record.Input.Inverse + c * L.Count, d, _shape.Stride, count);
            layer.Forward<L>(normed, _shape.Stride, wide, _wide, _shape.WideStride, mask.IsActive ? _change : x, count, add: !mask.IsActive);
            if (mask.IsActive)
                for (var i = 0; i < count; i++)
                    Vectors.AddMasked<L>(_change + i * _shape.Stride, x + i * _shape.Stride, d, mask, (c + i) * d);
        }
    }
}
