namespace Tlb.Cpu;

/// <summary>The backward pass of a tile of images: from the gradient of the logits to those of all folded weights.</summary>
internal sealed unsafe class TileBackward<L> : IDisposable where L : unmanaged, ILanes<L>
{
    private readonly FoldedNetwork _network;
    private readonly TileShape _shape;
    private readonly TileForward<L> _forward;
    private readonly WorkMemory _memory = new();
    private readonly float* _x;                                              // [K][D]: the gradient of the fast stream
    private readonly float* _state;                                          // [V][D]: of the state after the chunk, then before it
    private readonly float* _normedTokens;                                   // [K][D]: of the fast stream, normalised for attention; zero between blocks
    private readonly float* _normedState;                                    // [V][D]: of the state, normalised for attention; zero between chunks
    private readonly float* _normed;                                         // [columns][D]: of something else normalised
    private readonly float* _probes;                                         // [columns][heads x width]
    private readonly float* _keys;                                           // [columns][heads x width], where a context is projected
    private readonly float* _values;                                         // likewise
    private readonly float* _scores;                                         // [columns][heads][K or V]
    private readonly float* _read;                                           // [columns][heads x width, then maybe heads]
    private readonly float* _wide;                                           // [columns][hidden]
    private readonly float* _change;                                         // [columns][D]: of a layer's output before its dropout
    private readonly float* _pooled;                                         // [D or 2 D]
    private readonly float* _sequence;                                       // [N][D]: of all tokens, normalised, where they are pooled
    private readonly float* _shares;                                         // [N]
    private readonly float* _transposed;
    private float* _gradients;

    public TileBackward(FoldedNetwork network, TileShape shape, TileForward<L> forward)
    {
        (_network, _shape, _forward) = (network, shape, forward);
        var columns = shape.Vectors;
        _x = _memory.Allocate(shape.Tokens, shape.Stride);
        _state = _memory.Allocate(shape.States, shape.Stride);
        _normedTokens = _memory.Allocate(shape.Tokens, shape.Stride);
        _normedState = _memory.Allocate(shape.States, shape.Stride);
        _normed = _memory.Allocate(columns, shape.Stride);
        _probes = _memory.Allocate(columns, shape.ProbeStride);
        if (network.Fast[0].Attention.Key is not null)
        {
            _keys = _memory.Allocate(columns, shape.Stride);
            _values = _memory.Allocate(columns, shape.Stride);
        }
        _scores = _memory.Allocate(shape.ProbabilityFloats(columns, columns));
        _read = _memory.Allocate(columns, shape.ReadStride);
        _wide = _memory.Allocate(columns, shape.WideStride);
        _change = _memory.Allocate(columns, shape.Stride);
        _pooled = _memory.Allocate(shape.PooledStride);
        if (network.Config.ReadsTokens)
        {
            _sequence = _memory.Allocate(network.Config.TokenCount, shape.Stride);
            _shares = _memory.Allocate(network.Config.TokenCount, L.Count);
        }
        _transposed = _memory.Allocate(shape.TransposedFloats);
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
        ReadOut(logits);
        for (var t = _forward.Chunks.Length - 1; t >= 0; t--)
        {
            var chunk = _forward.Chunks[t];
            ReadTokens(chunk, isLast: t == _forward.Chunks.Length - 1);
            for (var b = chunk.Slow.Length - 1; b >= 0; b--)
                Run(_network.Slow[b], chunk.Slow[b], chunk, t, first, dropout);
            for (var b = chunk.Fast.Length - 1; b >= 0; b--)
                Run(_network.Fast[b], chunk.Fast[b], chunk, t, first, dropout);
            Embed(chunk);
        }
        if (_network.StartState is not null)
            AddRows(_state, _shape.States, _network.StartStateGradient, 0);
        _forward.Tokenizer.Finish(gradients);
    }

    public void Dispose() => _memory.Dispose();

    /// <summary>The classifier, and the gradients of what it read: of the last state, and of all tokens where they are pooled.</summary>
    private void ReadOut(float* logits)
    {
        var (d, classifier) = (_shape.Features, _network.ReadOut.Classifier);
        classifier.Backward<L>(logits, 0, _pooled, 0, 1);
        WeightGradient.Add<L>(classifier, _forward.Pooled, 0, logits, 0, 1, _transposed, _gradients);
        new Span<float>(_state, _shape.States * _shape.Stride).Clear();
        if (_forward.FinalState is { } state)
        {
            Unpool(_pooled + (_network.Config.ReadOutWidth - d) * L.Count, _shape.States, _normed);
            LayerNorm.Backward<L>(state.Normed, state.Inverse, _normed, _state, d, _shape.Stride, _shape.States);
        }
        if (_forward.Sequence is { } sequence)
        {
            new Span<float>(_sequence, _network.Config.TokenCount * _shape.Stride).Clear();
            AttentionKernel.Backward<L>(
                _shape.Pooling(), _forward.Score, sequence.Normed, sequence.Normed, _forward.Shares, _pooled, default, _shares, _normed, _sequence, _sequence);
            Vectors.AddSums<L>(_normed, null, _gradients + _network.ReadOut.ScoreGradient.Offset, d);
        }
    }

    /// <summary>The gradient of what the fast stream made of a chunk, as far as the classes are read from it.</summary>
    private void ReadTokens(ChunkRecord chunk, bool isLast)
    {
        if (isLast && _network.Config.ReadsLastChunk)
        {
            Unpool(_pooled, chunk.Tokens, _x);
            return;
        }
        new Span<float>(_x, _shape.Tokens * _shape.Stride).Clear();
        if (_forward.Sequence is { } sequence)
            LayerNorm.Backward<L>(
                sequence.Normed + chunk.First * _shape.Stride, sequence.Inverse + chunk.First * L.Count, _sequence + chunk.First * _shape.Stride, _x,
                _shape.Features, _shape.Stride, chunk.Tokens);
    }

    /// <summary>The gradient of a mean, for each of what it is the mean of.</summary>
    private void Unpool(float* pooled, int columns, float* x)
    {
        var share = L.All(1f / columns);
        for (var c = 0; c < columns; c++)
            for (var f = 0; f < _shape.Features; f++)
                L.Store(L.Load(pooled + f * L.Count) * share, x + c * _shape.Stride + f * L.Count);
    }

    private void Embed(ChunkRecord chunk)
    {
        var d = _shape.Features;
        if (_network.TokenNorm is { } norm)
        {
            var embedded = chunk.Embedded!;
            var gradient = _gradients + norm.Gradient.Offset;
            for (var c = 0; c < chunk.Tokens; c++)
            {
                float* x = _x + c * _shape.Stride, normed = _normed + c * _shape.Stride;
                Vectors.AddSums<L>(x, embedded.Normed + c * _shape.Stride, gradient, d);
                Vectors.AddSums<L>(x, null, gradient + norm.Gradient.Stride, d);
                for (var f = 0; f < d; f++)
                    L.Store(L.Load(x + f * L.Count) * L.All(norm.Scale[f]), normed + f * L.Count);
            }
            new Span<float>(_x, _shape.Tokens * _shape.Stride).Clear();
            LayerNorm.Backward<L>(embedded.Normed, embedded.Inverse, _normed, _x, d, _shape.Stride, chunk.Tokens);
        }
        if (_network.Config.Positions == PositionKind.Learned)
            AddRows(_x, chunk.Tokens, _network.PositionsGradient, chunk.First);
        _forward.Tokenizer.Backward(chunk.First, chunk.Tokens, _x, _gradients);
    }

    /// <summary>The gradient of rows that are the same for all images.</summary>
    private void AddRows(float* x, int columns, GradientBlock rows, int firstRow)
    {
        for (var c = 0; c < columns; c++)
            Vectors.AddSums<L>(x + c * _shape.Stride, null, _gradients + rows.Offset + (firstRow + c) * rows.Stride, _shape.Features);
    }

    /// <summary>A block: the gradient of the stream it changed becomes that of the stream before, and those of what it read are added to.</summary>
    private void Run(FoldedBlock block, BlockRecord record, ChunkRecord chunk, int t, int first, StepDropout dropout)
    {
        DropoutMask attention = dropout.Attention(t, block.Layer, block.Use, first), feedForward = dropout.FeedForward(t, block.Layer, block.Use, first);
        bool isSlow = block.Queries == TokenStream.Slow, readsSlow = block.Context == TokenStream.Slow;
        float* x = isSlow ? _state : _x, normed = isSlow ? _normedState : _normedTokens;
        float* context = readsSlow ? _state : _x, normedContext = readsSlow ? _normedState : _normedTokens;
        int queries = chunk.Columns(block.Queries), keys = chunk.Columns(block.Context);
        FeedForward(block.FeedForward, record.FeedForward, x, queries, feedForward);
        if (record.Queries is null)
            ReadState(block.Attention, record.Attention, x, queries);
        else
        {
            Attend(block.Attention, record, _shape.Attention(queries, keys), x, normed, normedContext, attention);
            if (block.NormalizesQueries)
                Normalize(record.Queries, normed, x, queries);
        }
        if (block.NormalizesContext)
            Normalize(record.Context, normedContext, context, keys);
    }

    /// <summary>A normalisation: the gradient of its result goes to that of the stream, and starts anew.</summary>
    private void Normalize(LayerNormRecord record, float* normed, float* x, int columns)
    {
        LayerNorm.Backward<L>(record.Normed, record.Inverse, normed, x, _shape.Features, _shape.Stride, columns);
        new Span<float>(normed, columns * _shape.Stride).Clear();
    }

    /// <summary>The one state vector that every token has read whole.</summary>
    private void ReadState(FoldedAttention attention, AttentionRecord record, float* x, int columns)
    {
        var d = _shape.Features;
        new Span<float>(_change, _shape.Stride).Clear();
        for (var c = 0; c < columns; c++)
            Vectors.Add<L>(x + c * _shape.Stride, _change, d);
        WeightGradient.Add<L>(attention.Read, record.Read, _shape.ReadStride, _change, _shape.Stride, 1, _transposed, _gradients);
        attention.Read.Backward<L>(_change, _shape.Stride, _read, _shape.ReadStride, 1);
        for (var h = 0; h < _shape.Config.NumberOfHeads; h++)
            Vectors.Add<L>(_read + h * d * L.Count, _normedState, d);
    }

    /// <summary>An attention with its residual: the gradient of its result stays, those of queries and context are added to.</summary>
    private void Attend(
        FoldedAttention layer, BlockRecord record, in AttentionShape shape, float* result, float* queryGradient, float* contextGradient, in DropoutMask mask)
    {
        var kept = record.Attention;
        var context = record.Context.Normed;
        WeightGradient.Add<L>(layer.Read, kept.Read, _shape.ReadStride, result, _shape.Stride, shape.Queries, _transposed, _gradients);
        layer.Read.Backward<L>(result, _shape.Stride, _read, _shape.ReadStride, shape.Queries);
        if (layer.Key is null)
            AttentionKernel.Backward<L>(
                shape, kept.Probes, context, context, kept.Probabilities, _read, mask, _scores, _probes, contextGradient, contextGradient);
        else
        {
            new Span<float>(_keys, shape.Keys * _shape.Stride).Clear();
            new Span<float>(_values, shape.Keys * _shape.Stride).Clear();
            AttentionKernel.Backward<L>(shape, kept.Probes, kept.Keys, kept.Values, kept.Probabilities, _read, mask, _scores, _probes, _keys, _values);
            Project(layer.Key, context, _keys, _shape.Stride, shape.Keys, contextGradient);
            Project(layer.Value!, context, _values, _shape.Stride, shape.Keys, contextGradient);
        }
        Project(layer.Probe, record.Queries!.Normed, _probes, _shape.ProbeStride, shape.Queries, queryGradient);
    }

    /// <summary>A projection of something normalised, whose gradient is added to.</summary>
    private void Project(Linear layer, float* normed, float* gradient, int stride, int columns, float* normedGradient)
    {
        WeightGradient.Add<L>(layer, normed, _shape.Stride, gradient, stride, columns, _transposed, _gradients);
        layer.Backward<L>(gradient, stride, normedGradient, _shape.Stride, columns, add: true);
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
