using System.Runtime.CompilerServices;

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
    private const int Pair = 2;                                              // columns that go through a block together, close to the core

    private readonly FoldedNetwork _network;
    private readonly TlbConfig _config;
    private readonly LaneImages<L> _images;
    private readonly WorkMemory _memory = new();
    private readonly AttentionShape _shape;
    private readonly int _columns;
    private readonly int _stride;                                            // of a column of D features
    private readonly int _wideStride;                                        // of a column of 4 D features
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
        var (d, heads, tokens) = (_config.EmbeddingDimension, _config.NumberOfHeads, _config.ChunkSize);
        _columns = TUse.Columns(tokens);
        _stride = PackedMatrix.Pad(d) * L.Count;
        _wideStride = PackedMatrix.Pad(TlbConfig.FeedForwardExpansion * d) * L.Count;
        var patch = network.PatchProjection.Inputs * L.Count;
        _shape = new(Pair, tokens, heads, d, PackedMatrix.Pad(heads * d) * L.Count, _stride, (heads * d + heads) * L.Count);

        _images = new(_config.ImageSize);
        _x = _memory.Take(_columns * _stride);
        _context = _memory.Take(_columns * _stride);
        _state = _memory.Take(_stride);
        _normedState = _memory.Take(_stride);
        _fromState = _memory.Take(_stride);
        _patches = _memory.Take(Pair * patch);
        _normed = _memory.Take(Pair * _stride);
        _probes = _memory.Take(Pair * _shape.ProbeStride);
        _probabilities = _memory.Take(Pair * heads * tokens * L.Count);
        _read = _memory.Take(Pair * _shape.ReadStride);
        _wide = _memory.Take(Pair * _wideStride);
        _logits = _memory.Take(PackedMatrix.Pad(_config.NumberOfClasses) * L.Count);
    }

    public int Images => TUse.Images;

    /// <inheritdoc/>
    public void Score(ImageBatch batch, int first, int count, Span<float> probabilities, Span<float> attention)
    {
        _images.Fill(batch, first, count);
        new Span<float>(_state, _stride).Clear();
        for (var chunk = 0; chunk < _config.ChunkCount; chunk++)
        {
            Embed(chunk * _config.ChunkSize);
            LayerNorm.Forward<L>(_state, _normedState, null, _config.EmbeddingDimension, _stride, 1);
            foreach (var block in _network.Blocks)
            {
                SelfAttention(block);
                if (block.Slow is not null)
                    CrossAttention(block);
            }
            if (chunk < _config.ChunkCount - 1 || !attention.IsEmpty)
                UpdateState();
            if (!attention.IsEmpty)
                TakeAttention(chunk, count, attention);
        }
        TUse.Pool(_config.ChunkSize, _config.EmbeddingDimension, _x, _stride, _normed);
        _network.Classifier.Forward<L>(_normed, _stride, _logits, 0, 1);
        TakeProbabilities(count, probabilities);
        GC.KeepAlive(this);                                                  // its memory is in use to here
    }

    public void Dispose()
    {
        _images.Dispose();
        _memory.Dispose();
    }

    /// <summary>Patches to tokens: projection, position, normalisation with scale and shift.</summary>
    private void Embed(int firstToken)
    {
        var d = _config.EmbeddingDimension;
        var patch = _network.PatchProjection.Inputs * L.Count;
        for (var c = 0; c < _columns; c += Pair)
        {
            var count = Math.Min(Pair, _columns - c);
            for (var i = 0; i < count; i++)
                TUse.TakePatches(_config, _images.Pixels, firstToken, c + i, _patches + i * patch);
            var x = _x + c * _stride;
            _network.PatchProjection.Forward<L>(_patches, patch, x, _stride, count);
            for (var i = 0; i < count; i++)
                TUse.AddPositions(_config, _network.Positions, firstToken, c + i, x + i * _stride);
            LayerNorm.Forward<L>(x, x, null, d, _stride, count);
            for (var i = 0; i < count; i++)
                for (var f = 0; f < d; f++)
                {
                    var value = x + i * _stride + f * L.Count;
                    L.Store(L.MultiplyAdd(L.Load(value), L.All(_network.PatchNormScale[f]), L.All(_network.PatchNormShift[f])), value);
                }
        }
    }

    /// <summary>Self-attention and the feed-forward layer.</summary>
    private void SelfAttention(FoldedBlock block)
    {
        LayerNorm.Forward<L>(_x, _context, null, _config.EmbeddingDimension, _stride, _columns);
        for (var c = 0; c < _columns; c += Pair)
        {
            var count = Math.Min(Pair, _columns - c);
            Attend(block.Fast, _context + c * _stride, _x + c * _stride, count);
            FeedForward(block.FeedForward, _x + c * _stride, count);
        }
    }

    /// <summary>Cross-attention to the state, which reads it whole, and the feed-forward layer.</summary>
    private void CrossAttention(FoldedBlock block)
    {
        var (d, heads) = (_config.EmbeddingDimension, _config.NumberOfHeads);
        for (var h = 0; h < heads; h++)
        {
            Buffer.MemoryCopy(_normedState, _read + h * d * L.Count, d * L.Count * sizeof(float), d * L.Count * sizeof(float));
            L.Store(L.All(1), _read + (heads * d + h) * L.Count);
        }
        TUse.StateLinear(block.Slow!.Read, _read, _fromState);
        for (var c = 0; c < _columns; c += Pair)
        {
            var count = Math.Min(Pair, _columns - c);
            for (var i = 0; i < count; i++)
                Add(_fromState, _x + (c + i) * _stride, d);
            FeedForward(block.FeedForward, _x + c * _stride, count);
        }
    }

    /// <summary>The state's attention to what the fast stream made of the chunk, and the feed-forward layer.</summary>
    private void UpdateState()
    {
        LayerNorm.Forward<L>(_x, _context, null, _config.EmbeddingDimension, _stride, _columns);
        var attention = _network.Bottleneck.Fast;
        TUse.StateLinear(attention.Probe, _normedState, _probes);
        AttentionKernel.Forward<L, TUse>(_shape with { Queries = 1 }, _probes, _context, _probabilities, _read, default);
        TUse.StateLinear(attention.Read, _read, _state, add: true);

        var layer = _network.Bottleneck.FeedForward;
        LayerNorm.Forward<L>(_state, _normed, null, _config.EmbeddingDimension, _stride, 1);
        TUse.StateLinear(layer.Widen, _normed, _wide);
        Gelu.Forward<L>(_wide, _wide, _wideStride / L.Count);
        TUse.StateLinear(layer.Narrow, _wide, _state, add: true);
    }

    /// <summary>What the state attended to in the chunk it has just taken in: the mean over the heads. One query stands for all of them.</summary>
    private void TakeAttention(int chunk, int count, Span<float> attention)
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

    private void Attend(FoldedAttention attention, float* queries, float* x, int count)
    {
        attention.Probe.Forward<L>(queries, _stride, _probes, _shape.ProbeStride, count);
        AttentionKernel.Forward<L, TUse>(_shape with { Queries = count }, _probes, _context, _probabilities, _read, default);
        attention.Read.Forward<L>(_read, _shape.ReadStride, x, _stride, count, add: true);
    }

    private void FeedForward(FoldedFeedForward layer, float* x, int count)
    {
        LayerNorm.Forward<L>(x, _normed, null, _config.EmbeddingDimension, _stride, count);
        TUse.FeedForward(layer, _normed, _stride, _wide, _wideStride, x, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add(float* source, float* target, int features)
    {
        for (var f = 0; f < features; f++, source += L.Count, target += L.Count)
            L.Store(L.Load(source) + L.Load(target), target);
    }

    private void TakeProbabilities(int count, Span<float> probabilities)
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
