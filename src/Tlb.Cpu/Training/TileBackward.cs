using System.Runtime.CompilerServices;

namespace Tlb.Cpu;

/// <summary>The backward pass of a tile of images: from the gradient of the logits to those of all folded weights.</summary>
internal sealed unsafe class TileBackward<L> : IDisposable where L : unmanaged, ILanes<L>
{
    private readonly FoldedNetwork _network;
    private readonly TileShape _shape;
    private readonly TileForward<L> _forward;
    private readonly WorkMemory _memory = new();
    private readonly float* _x;                                              // [K][D]: the gradient of the fast stream
    private readonly float* _state;                                          // [S][D]: of the state after the chunk, then before it
    private readonly float* _normedState;                                    // [S][D]: of the state before the chunk, normalised
    private readonly float* _normed;                                         // [K][D]: of something normalised
    private readonly float* _context;                                        // [K][D]: of a context
    private readonly float* _probes;                                         // [K][heads x D]
    private readonly float* _read;                                           // [K][heads x D + heads]
    private readonly float* _wide;                                           // [K][4 D]
    private readonly float* _change;                                         // [K][D]: of a layer's output before its dropout
    private readonly float* _transposed;
    private readonly float* _scores;                                         // [2][K]: of an attention's scores, and its probabilities after dropout
    private float* _gradients;

    public TileBackward(FoldedNetwork network, TileShape shape, TileForward<L> forward)
    {
        (_network, _shape, _forward) = (network, shape, forward);
        _x = _memory.Allocate(shape.Tokens, shape.Stride);
        _state = _memory.Allocate(shape.States, shape.Stride);
        _normedState = _memory.Allocate(shape.States, shape.Stride);
        _normed = _memory.Allocate(shape.Tokens, shape.Stride);
        _context = _memory.Allocate(shape.Tokens, shape.Stride);
        _probes = _memory.Allocate(shape.Tokens, shape.ProbeStride);
        _read = _memory.Allocate(shape.Tokens, shape.ReadStride);
        _wide = _memory.Allocate(shape.Tokens, shape.WideStride);
        _change = _memory.Allocate(shape.Tokens, shape.Stride);
        _transposed = _memory.Allocate(shape.TransposedFloats);
        _scores = _memory.Allocate(2 * shape.Tokens, L.Count);
    }

    /// <summary>The floats that it takes.</summary>
    internal long Floats => _memory.Count;

    /// <summary>Runs back through a tile that <see cref="TileForward{L}"/> has just run through.</summary>
    /// <param name="logits">The gradient of the logits, [classes]; 0 in lanes without an image.</param>
    /// <param name="first">The place in the batch of the image in lane 0.</param>
    /// <param name="dropout">The dropouts of this step.</param>
    /// <param name="gradients">The gradients of all folded weights: added to.</param>
    public void Run(float* logits, int first, StepDropout dropout, float* gradients)
    {
        _gradients = gradients;
        new Span<float>(_state, _shape.States * _shape.Stride).Clear();
        _network.Classifier.Backward<L>(logits, 0, _normed, _shape.Stride, 1);
        WeightGradient.Add<L>(_network.Classifier, _forward.Pooled, _shape.Stride, logits, 0, 1, _transposed, gradients);
        Unpool();

        for (var t = _forward.Chunks.Length - 1; t >= 0; t--)
        {
            var record = _forward.Chunks[t];
            new Span<float>(_normedState, _shape.States * _shape.Stride).Clear();
            if (t < _forward.Chunks.Length - 1)
            {
                new Span<float>(_x, _shape.Tokens * _shape.Stride).Clear();
                UpdateState(record, dropout.Attention(t, record.Blocks.Length, slow: false, first), dropout.FeedForward(t, record.Blocks.Length, slow: false, first));
            }
            for (var b = record.Blocks.Length - 1; b >= 0; b--)
            {
                if (_network.Blocks[b].Slow is not null)
                    CrossAttention(_network.Blocks[b], record, record.Blocks[b], dropout.Attention(t, b, slow: true, first), dropout.FeedForward(t, b, slow: true, first));
                SelfAttention(_network.Blocks[b], record.Blocks[b], dropout.Attention(t, b, slow: false, first), dropout.FeedForward(t, b, slow: false, first));
            }
            LayerNorm.Backward<L>(record.State.Normed, record.State.Inverse, _normedState, _state, _shape.Features, _shape.Stride, _shape.States);
            Embed(t * _shape.Tokens, record);
        }
    }

    public void Dispose() => _memory.Dispose();

    /// <summary>The gradient of the mean of the last chunk's tokens, for each of them.</summary>
    private void Unpool()
    {
        var share = L.All(1f / _shape.Tokens);
        for (var c = 0; c < _shape.Tokens; c++)
            for (var f = 0; f < _shape.Features; f++)
                L.Store(L.Load(_normed + f * L.Count) * share, _x + c * _shape.Stride + f * L.Count);
    }

    private void Embed(int firstToken, ChunkRecord record)
    {
        var d = _shape.Features;
        var norm = _gradients + _network.PatchNormGradient.Offset;
        for (var c = 0; c < _shape.Tokens; c++)
        {
            float* x = _x + c * _shape.Stride, normed = _normed + c * _shape.Stride;
            Vectors.AddSums<L>(x, record.Tokens.Normed + c * _shape.Stride, norm, d);
            Vectors.AddSums<L>(x, null, norm + _network.PatchNormGradient.Stride, d);
            for (var f = 0; f < d; f++)
                L.Store(L.Load(x + f * L.Count) * L.All(_network.PatchNormScale[f]), normed + f * L.Count);
        }
        new Span<float>(_x, _shape.Tokens * _shape.Stride).Clear();
        LayerNorm.Backward<L>(record.Tokens.Normed, record.Tokens.Inverse, _normed, _x, d, _shape.Stride, _shape.Tokens);
        for (var c = 0; c < _shape.Tokens; c++)
            Vectors.AddSums<L>(_x + c * _shape.Stride, null, _gradients + _network.PositionsGradient.Offset + (firstToken + c) * _network.PositionsGradient.Stride, d);
        WeightGradient.Add<L>(_network.PatchProjection, record.Patches, _shape.PatchStride, _x, _shape.Stride, _shape.Tokens, _transposed, _gradients);
    }

    private void SelfAttention(FoldedBlock block, BlockRecord record, in DropoutMask attention, in DropoutMask feedForward)
    {
        FeedForward(block.FeedForward, record.FastFeedForward, _x, _shape.Tokens, feedForward);
        new Span<float>(_normed, _shape.Tokens * _shape.Stride).Clear();     // queries and context are the same tokens
        Attend(block.Fast, record.Fast, record.FastInput.Normed, record.FastInput.Normed, _shape.Attention(_shape.Tokens, _shape.Tokens), _x, _normed, _normed, attention);
        LayerNorm.Backward<L>(record.FastInput.Normed, record.FastInput.Inverse, _normed, _x, _shape.Features, _shape.Stride, _shape.Tokens);
    }

    private void CrossAttention(FoldedBlock block, ChunkRecord chunk, BlockRecord record, in DropoutMask attention, in DropoutMask feedForward)
    {
        FeedForward(block.FeedForward, record.SlowFeedForward!, _x, _shape.Tokens, feedForward);
        if (record.SlowInput is not { } input)
        {
            ReadState(block.Slow!, record.Slow!);
            return;
        }
        new Span<float>(_normed, _shape.Tokens * _shape.Stride).Clear();
        Attend(block.Slow!, record.Slow!, input.Normed, chunk.State.Normed, _shape.Attention(_shape.Tokens, _shape.States), _x, _normed, _normedState, attention);
        LayerNorm.Backward<L>(input.Normed, input.Inverse, _normed, _x, _shape.Features, _shape.Stride, _shape.Tokens);
    }

    /// <summary>The one state vector that every token has read whole.</summary>
    private void ReadState(FoldedAttention attention, AttentionRecord record)
    {
        var d = _shape.Features;
        new Span<float>(_change, _shape.Stride).Clear();
        for (var c = 0; c < _shape.Tokens; c++)
            Vectors.Add<L>(_x + c * _shape.Stride, _change, d);
        WeightGradient.Add<L>(attention.Read, record.Read, _shape.ReadStride, _change, _shape.Stride, 1, _transposed, _gradients);
        attention.Read.Backward<L>(_change, _shape.Stride, _read, _shape.ReadStride, 1);
        for (var h = 0; h < _shape.Config.NumberOfHeads; h++)
            Vectors.Add<L>(_read + h * d * L.Count, _normedState, d);
    }

    private void UpdateState(ChunkRecord record, in DropoutMask attention, in DropoutMask feedForward)
    {
        FeedForward(_network.Bottleneck.FeedForward, record.BottleneckFeedForward, _state, _shape.States, feedForward);
        new Span<float>(_context, _shape.Tokens * _shape.Stride).Clear();
        Attend(_network.Bottleneck.Fast, record.Bottleneck, record.State.Normed, record.Fast.Normed, _shape.Attention(_shape.States, _shape.Tokens), _state, _normedState, _context, attention);
        LayerNorm.Backward<L>(record.Fast.Normed, record.Fast.Inverse, _context, _x, _shape.Features, _shape.Stride, _shape.Tokens);
    }

    /// <summary>An attention with its residual: the gradient of its result stays, those of queries and context are added to.</summary>
    private void Attend(
        FoldedAttention layer, AttentionRecord record, float* queries, float* context, in AttentionShape shape, float* result,
        float* queryGradient, float* contextGradient, in DropoutMask mask)
    {
        WeightGradient.Add<L>(layer.Read, record.Read, _shape.ReadStride, result, _shape.Stride, shape.Queries, _transposed, _gradients);
        layer.Read.Backward<L>(result, _shape.Stride, _read, _shape.ReadStride, shape.Queries);
        AttentionKernel.Backward<L>(shape, record.Probes, context, record.Probabilities, _read, mask, _probes, contextGradient, _scores);
        WeightGradient.Add<L>(layer.Probe, queries, _shape.Stride, _probes, _shape.ProbeStride, shape.Queries, _transposed, _gradients);
        layer.Probe.Backward<L>(_probes, _shape.ProbeStride, queryGradient, _shape.Stride, shape.Queries, add: true);
    }

    /// <summary>A feed-forward layer with its residual: the gradient of its result becomes that of its input.</summary>
    private void FeedForward(FoldedFeedForward layer, FeedForwardRecord record, float* result, int columns, in DropoutMask mask)
    {
        var change = result;
        if (mask.IsActive)
        {
            change = _change;
            for (var c = 0; c < columns; c++)
                Vectors.CopyMasked<L>(result + c * _shape.Stride, _change + c * _shape.Stride, _shape.Features, mask, c * _shape.Features);
        }
        layer.Narrow.Backward<L>(change, _shape.Stride, _wide, _shape.WideStride, columns);
        Gelu.Backward<L>(record.Wide, _wide, columns * _shape.WideStride / L.Count);
        WeightGradient.Add<L>(layer.Narrow, record.Wide, _shape.WideStride, change, _shape.Stride, columns, _transposed, _gradients);
        WeightGradient.Add<L>(layer.Widen, record.Input.Normed, _shape.Stride, _wide, _shape.WideStride, columns, _transposed, _gradients);
        layer.Widen.Backward<L>(_wide, _shape.WideStride, _normed, _shape.Stride, columns);
        LayerNorm.Backward<L>(record.Input.Normed, record.Input.Inverse, _normed, result, _shape.Features, _shape.Stride, columns);
    }
}
