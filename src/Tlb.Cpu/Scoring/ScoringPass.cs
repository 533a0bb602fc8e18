namespace Tlb.Cpu;

/// <summary>Scores a few images: the working memory of one thread, and the forward pass of the whole network.</summary>
/// <remarks>
/// From a zero state and without dropout all state vectors of a chunk are the same, exactly: one stands for them all. Attention to
/// it reads it whole, whatever the query, so that its result is computed once for a chunk.
/// </remarks>
internal sealed unsafe class ScoringPass<L, TUse> : IScoringPass
    where L : unmanaged, ILanes<L>
    where TUse : struct, ILaneUse<L>
{
    private readonly FoldedNetwork _network;
    private readonly TlbConfig _config;
    private readonly LaneImages<L> _images;
    private readonly WorkMemory _memory = new();
    private readonly TileShape _shape;
    private readonly int _columns;                                           // of the fast stream
    private readonly float* _x;                                              // [C][D]
    private readonly float* _context;                                        // [C][D]: tokens, normalised
    private readonly float* _state;                                          // [D]
    private readonly float* _normedState;                                    // [D]
    private readonly float* _fromState;                                      // [D]
    private readonly float* _patches;                                        // [2][P, P, 3]
    private readonly float* _normed;                                         // [2][D]
    private readonly float* _probes;                                         // [2][heads x D]
    private readonly float* _probabilities;                                  // [2][heads][K]
    private readonly float* _read;                                           // [2][heads x D + heads]
    private readonly float* _wide;                                           // [2][4 D]
    private readonly float* _logits;                                         // [classes]

    public ScoringPass(FoldedNetwork network)
    {
        (_network, _config) = (network, network.Config);
        _shape = new(_config, L.Count);
        _columns = TUse.Columns(_shape.Tokens);
        _images = new(_config.ImageSize);
        _x = _memory.Allocate(_columns, _shape.Stride);
        _context = _memory.Allocate(_columns, _shape.Stride);
        _state = _memory.Allocate(_shape.Stride);
        _normedState = _memory.Allocate(_shape.Stride);
        _fromState = _memory.Allocate(_shape.Stride);
        _patches = _memory.Allocate(TileShape.Pair, _shape.PatchStride);
        _normed = _memory.Allocate(TileShape.Pair, _shape.Stride);
        _probes = _memory.Allocate(TileShape.Pair, _shape.ProbeStride);
        _probabilities = _memory.Allocate(_shape.ProbabilityFloats(TileShape.Pair, _shape.Tokens));
        _read = _memory.Allocate(TileShape.Pair, _shape.ReadStride);
        _wide = _memory.Allocate(TileShape.Pair, _shape.WideStride);
        _logits = _memory.Allocate(_shape.LogitStride);
    }

    public int Images => TUse.Images;

    /// <summary>The floats that it takes beside its images.</summary>
    internal long Floats => _memory.Count;

    /// <inheritdoc/>
    public void Score(ImageBatch batch, int first, int count, Span<float> probabilities, Span<float> attention)
    {
        _images.Fill(batch, first, count);
        new Span<float>(_state, _shape.Stride).Clear();
        for (var chunk = 0; chunk < _config.ChunkCount; chunk++)
        {
            Embed(chunk * _config.ChunkSize);
            Normalize(_state, _normedState, 1);
            foreach (var block in _network.Blocks)
            {
                SelfAttention(block);
                if (block.Slow is not null)
                    CrossAttention(block);
            }
            if (chunk < _config.ChunkCount - 1 || !attention.IsEmpty)
                UpdateState();
            if (!attention.IsEmpty)
                WriteAttention(chunk, count, attention);
        }
        TUse.Pool(_shape.Tokens, _shape.Features, _x, _shape.Stride, _normed); // [D]
        _network.Classifier.Forward<L>(_normed, _shape.Stride, _logits, 0, 1); // [classes]
        WriteProbabilities(count, probabilities);
        GC.KeepAlive(this);                                                  // its memory is in use to here
    }

    public void Dispose()
    {
        _images.Dispose();
        _memory.Dispose();
    }

    /// <summary>The chunk's tokens.</summary>
    private void Embed(int firstToken)
    {
        for (var c = 0; c < _columns; c += TileShape.Pair)
        {
            var count = Math.Min(TileShape.Pair, _columns - c);
            var x = _x + c * _shape.Stride;
            PatchEmbedding.Forward<L, TUse>(_network, _shape, _images.Pixels, firstToken, c, count, _patches, x, x, null); // [2][D]
        }
    }

    /// <summary>Self-attention and the feed-forward layer.</summary>
    private void SelfAttention(FoldedBlock block)
    {
        Normalize(_x, _context, _columns);
        for (var c = 0; c < _columns; c += TileShape.Pair)
        {
            var count = Math.Min(TileShape.Pair, _columns - c);
            float* x = _x + c * _shape.Stride, queries = _context + c * _shape.Stride;
            var shape = _shape.Attention(count, _shape.Tokens);
            block.Fast.Forward<L, TUse>(shape, queries, _context, _probes, _probabilities, _read, x, default, null); // [2][D]
            FeedForward(block.FeedForward, x, count);
        }
    }

    /// <summary>Cross-attention to the state, which reads it whole, and the feed-forward layer.</summary>
    private void CrossAttention(FoldedBlock block)
    {
        block.Slow!.ReadState<L, TUse>(_shape.Attention(1, 1), _normedState, _read, _fromState); // [D]
        for (var c = 0; c < _columns; c += TileShape.Pair)
        {
            var count = Math.Min(TileShape.Pair, _columns - c);
            for (var i = 0; i < count; i++)
                Vectors.Add<L>(_fromState, _x + (c + i) * _shape.Stride, _shape.Features);
            FeedForward(block.FeedForward, _x + c * _shape.Stride, count);
        }
    }

    /// <summary>The state's attention to what the fast stream made of the chunk, and the feed-forward layer.</summary>
    private void UpdateState()
    {
        Normalize(_x, _context, _columns);
        var (attention, shape) = (_network.Bottleneck.Fast, _shape.Attention(1, _shape.Tokens));
        TUse.StateLinear(attention.Probe, _normedState, _probes);            // [heads x D]
        AttentionKernel.Forward<L, TUse>(shape, _probes, _context, _probabilities, _read, default, null); // [heads x D + heads]
        TUse.StateLinear(attention.Read, _read, _state, add: true);          // [D]

        var layer = _network.Bottleneck.FeedForward;
        Normalize(_state, _normed, 1);
        TUse.StateLinear(layer.Widen, _normed, _wide);                       // [4 D]
        Gelu.Forward<L>(_wide, _wide, _shape.WideStride / L.Count);
        TUse.StateLinear(layer.Narrow, _wide, _state, add: true);            // [D]
    }

    /// <summary>What the state attended to in the chunk it has just taken in: the mean over the heads. One query stands for all of them.</summary>
    private void WriteAttention(int chunk, int count, Span<float> attention)
    {
        var (keys, heads) = (_config.ChunkSize, _config.NumberOfHeads);
        for (var image = 0; image < count; image++)
            for (var k = 0; k < keys; k++)
            {
                float sum = 0;
                for (var h = 0; h < heads; h++)
                    sum += _probabilities[(h * keys + k) * L.Count + image];
                attention[(image * _config.ChunkCount + chunk) * keys + k] = sum / heads;
            }
    }

    private void FeedForward(FoldedFeedForward layer, float* x, int count)
    {
        Normalize(x, _normed, count);
        TUse.FeedForward(layer, _normed, _shape.Stride, _wide, _shape.WideStride, x, count);
    }

    private void Normalize(float* x, float* normed, int columns) => LayerNorm.Forward<L>(x, normed, null, _shape.Features, _shape.Stride, columns);

    private void WriteProbabilities(int count, Span<float> probabilities)
    {
        var classes = _config.NumberOfClasses;
        for (var i = 0; i < count; i++)
        {
            var row = probabilities.Slice(i * classes, classes);
            for (var c = 0; c < classes; c++)
                row[c] = _logits[c * L.Count + i];
            Softmax.Forward(row);
        }
    }
}
