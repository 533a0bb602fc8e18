namespace Tlb.Cpu;

/// <summary>Scores a few images: the working memory of one thread, and the forward pass of the whole network.</summary>
/// <remarks>
/// Where state vectors stay the same, exactly, one stands for them all. Attention to it reads it whole, whatever the query, so that its
/// result is computed once for a chunk.
/// </remarks>
internal sealed unsafe class ScoringPass<L, TUse> : IScoringPass
    where L : unmanaged, ILanes<L>
    where TUse : struct, ILaneUse<L>
{
    private readonly FoldedNetwork _network;
    private readonly TlbConfig _config;
    private readonly LaneImages<L> _images;
    private readonly ITokenizer _tokenizer;
    private readonly WorkMemory _memory = new();
    private readonly TileShape _shape;
    private readonly int _stateColumns;
    private readonly float* _x;                                              // [C][D]: the fast stream
    private readonly float* _normedTokens;                                   // [C][D]
    private readonly float* _state;                                          // [SC][D]: the slow stream
    private readonly float* _normedState;                                    // [SC][D]
    private readonly float* _fromState;                                      // [D]
    private readonly float* _keys;                                           // [C or SC][heads x width], where a context is projected
    private readonly float* _values;                                         // likewise
    private readonly float* _normed;                                         // [2][D]
    private readonly float* _probes;                                         // [2][heads x width]
    private readonly float* _probabilities;                                  // [2][heads][K or V]
    private readonly float* _attention;                                      // [SC][heads][K]: of the state, when it was updated last
    private readonly float* _read;                                           // [2][heads x width, then maybe heads]
    private readonly float* _wide;                                           // [2][hidden]
    private readonly float* _sequence;                                       // [N][D]: all tokens, normalised, where they are pooled
    private readonly float* _shares;                                         // [N]: of them
    private readonly float* _pooled;                                         // [D or 2 D]
    private readonly float* _logits;                                         // [classes]
    private int _tokens;                                                     // of the chunk

    public ScoringPass(FoldedNetwork network)
    {
        (_network, _config) = (network, network.Config);
        _shape = TileShape.ForScoring(_config, L.Count);
        _stateColumns = TUse.Columns(_shape.States);
        _images = new(_config.ImageSize);
        _tokenizer = network.CreateTokenizer<L, TUse>(_shape, isTrained: false);
        var (columns, vectors) = (TUse.Columns(_shape.Tokens), _shape.Vectors);
        _x = _memory.Allocate(columns, _shape.Stride);
        _normedTokens = _memory.Allocate(columns, _shape.Stride);
        _state = _memory.Allocate(_stateColumns, _shape.Stride);
        _normedState = _memory.Allocate(_stateColumns, _shape.Stride);
        _fromState = _memory.Allocate(_shape.Stride);
        if (network.Fast[0].Attention.Key is not null)
        {
            _keys = _memory.Allocate(TUse.Columns(vectors), _shape.Stride);
            _values = _memory.Allocate(TUse.Columns(vectors), _shape.Stride);
        }
        _normed = _memory.Allocate(TileShape.Pair, _shape.Stride);
        _probes = _memory.Allocate(TileShape.Pair, _shape.ProbeStride);
        _probabilities = _memory.Allocate(_shape.ProbabilityFloats(TileShape.Pair, vectors));
        _attention = _memory.Allocate(_shape.ProbabilityFloats(_stateColumns, _shape.Tokens));
        _read = _memory.Allocate(TileShape.Pair, _shape.ReadStride);
        _wide = _memory.Allocate(TileShape.Pair, _shape.WideStride);
        if (_config.ReadsTokens)
        {
            _sequence = _memory.Allocate(TUse.Columns(_config.TokenCount), _shape.Stride);
            _shares = _memory.Allocate(_config.TokenCount, L.Count);
        }
        _pooled = _memory.Allocate(_shape.PooledStride);
        _logits = _memory.Allocate(_shape.LogitStride);
    }

    public int Images => TUse.Images;

    /// <summary>The floats that it takes beside its images.</summary>
    internal long Floats => _memory.Count + _tokenizer.Floats;

    /// <inheritdoc/>
    public void Score(ImageBatch batch, int first, int count, Span<float> probabilities, Span<float> attention, Span<float> stateAttention)
    {
        _images.Fill(batch, first, count);
        _tokenizer.Start(_images.Pixels);
        StartState();
        for (var chunk = 0; chunk < _config.ChunkCount; chunk++)
        {
            _tokens = _config.TokensOf(chunk);
            Embed(chunk * _config.ChunkSize);
            if (_network.StatePlaces is { } places)
                AddToState(places.Pointer);
            foreach (var block in _network.Fast)
                Run(block);
            if (_config.ReadsTokens)
                KeepTokens(chunk * _config.ChunkSize);
            if (_network.UpdatesState(chunk) || !attention.IsEmpty)
                foreach (var block in _network.Slow)
                    Run(block);
            if (!attention.IsEmpty)
                WriteAttention(chunk * _config.ChunkSize, count, attention);
            if (!stateAttention.IsEmpty)
                WriteStateAttention(chunk * _config.ChunkSize, count, stateAttention);
        }
        ReadOut();
        _network.ReadOut.Classifier.Forward<L>(_pooled, 0, _logits, 0, 1);   // [classes]
        WriteProbabilities(count, probabilities);
        GC.KeepAlive(this);                                                  // its memory is in use to here
    }

    public void Dispose()
    {
        _images.Dispose();
        _tokenizer.Dispose();
        _memory.Dispose();
    }

    private void StartState()
    {
        new Span<float>(_state, _stateColumns * _shape.Stride).Clear();
        if (_network.StartState is { } start)
            AddToState(start.Pointer);
    }

    /// <summary>A row for each state vector, added to it.</summary>
    private void AddToState(float* rows)
    {
        for (var c = 0; c < _stateColumns; c++)
            TUse.AddRows(rows, _shape.States, _shape.Features, c, _state + c * _shape.Stride);
    }

    /// <summary>The chunk's tokens.</summary>
    private void Embed(int first)
    {
        var columns = TUse.Columns(_tokens);
        for (var c = 0; c < columns; c += TileShape.Pair)
        {
            var x = _x + c * _shape.Stride;
            TokenEmbedding.Forward<L, TUse>(_network, _shape, _tokenizer, first, _tokens, c, Math.Min(TileShape.Pair, columns - c), x, x, null); // [2][D]
        }
    }

    /// <summary>Attention and the feed-forward layer, two columns at a time.</summary>
    private void Run(FoldedBlock block)
    {
        var context = NormalizeContext(block);
        if (block.ReadsOneState(_shape))
        {
            block.Attention.ReadState<L, TUse>(_shape.Attention(1, 1), context, _read, _fromState); // [D]
            for (var c = 0; c < TUse.Columns(_tokens); c += TileShape.Pair)
            {
                var x = _x + c * _shape.Stride;
                var count = Math.Min(TileShape.Pair, TUse.Columns(_tokens) - c);
                for (var i = 0; i < count; i++)
                    Vectors.Add<L>(_fromState, x + i * _shape.Stride, _shape.Features);
                FeedForward(block.FeedForward, x, count);
            }
            return;
        }

        var isSlow = block.Queries == TokenStream.Slow;
        var keyCount = block.Context == TokenStream.Slow ? _shape.States : _tokens;
        float* keys = _keys, values = _values;
        block.Attention.Project<L>(context, _shape.Stride, TUse.Columns(keyCount), ref keys, ref values); // [C or SC][heads x width]
        var normed = block.Queries == block.Context ? context : isSlow ? NormalizeState(block.NormalizesQueries) : null;
        var columns = isSlow ? _stateColumns : TUse.Columns(_tokens);
        for (var c = 0; c < columns; c += TileShape.Pair)
        {
            float* x = (isSlow ? _state : _x) + c * _shape.Stride, queries = normed is null ? _normed : normed + c * _shape.Stride;
            var count = Math.Min(TileShape.Pair, columns - c);
            if (normed is null)
                Normalize(x, queries, count);
            var shape = _shape.Attention(count, keyCount);
            var isOne = isSlow && _shape.StatesAreOne;
            Apply(block.Attention.Probe, queries, _shape.Stride, _probes, _shape.ProbeStride, count, isOne); // [2][heads x width]
            var probabilities = isSlow && block.Context == TokenStream.Fast ? _attention + c * shape.Heads * keyCount * L.Count : _probabilities;
            AttentionKernel.Forward<L, TUse>(shape, _probes, keys, values, probabilities, _read, default, null); // [2][heads x width, then maybe heads]
            Apply(block.Attention.Read, _read, _shape.ReadStride, x, _shape.Stride, count, isOne, add: true); // [2][D]
            if (isOne)
                StateFeedForward(block.FeedForward);
            else
                FeedForward(block.FeedForward, x, count);
        }
    }

    private float* NormalizeContext(FoldedBlock block)
    {
        if (block.Context == TokenStream.Slow)
            return NormalizeState(block.NormalizesContext);
        Normalize(_x, _normedTokens, TUse.Columns(_tokens));
        return _normedTokens;
    }

    private float* NormalizeState(bool hasChanged)
    {
        if (hasChanged)
            Normalize(_state, _normedState, _stateColumns);
        return _normedState;
    }

    private static void Apply(Linear layer, float* x, int xStride, float* y, int yStride, int columns, bool isOneState, bool add = false)
    {
        if (isOneState)
            TUse.StateLinear(layer, x, y, add);
        else
            layer.Forward<L>(x, xStride, y, yStride, columns, add);
    }

    private void FeedForward(FoldedFeedForward layer, float* x, int count)
    {
        Normalize(x, _normed, count);
        TUse.FeedForward(layer, _normed, _shape.Stride, _wide, _shape.WideStride, x, count);
    }

    /// <summary>The feed-forward layer of the state vector that stands for all.</summary>
    private void StateFeedForward(FoldedFeedForward layer)
    {
        Normalize(_state, _normed, 1);
        TUse.StateLinear(layer.Widen, _normed, _wide);                       // [hidden]
        Gelu.Forward<L>(_wide, _wide, _shape.WideStride / L.Count);
        TUse.StateLinear(layer.Narrow, _wide, _state, add: true);            // [D]
    }

    /// <summary>What the fast stream made of the chunk, normalised, kept for sequence pooling.</summary>
    private void KeepTokens(int first)
    {
        Normalize(_x, _normedTokens, TUse.Columns(_tokens));
        TUse.Append(_normedTokens, _shape.Stride, _tokens, _shape.Features, _sequence, first);
    }

    /// <summary>What the classes are read from.</summary>
    private void ReadOut()
    {
        var d = _shape.Features;
        if (_config.ReadsLastChunk)
            TUse.Pool(_tokens, d, _x, _shape.Stride, _pooled);               // [D]: of the last chunk
        if (_config.ReadsTokens)
        {
            for (var f = 0; f < d; f++)
                L.Store(L.All(_network.ReadOut.Score[f]), _normed + f * L.Count);
            AttentionKernel.Forward<L, TUse>(_shape.Pooling(), _normed, _sequence, _sequence, _shares, _pooled, default, null); // [D]
        }
        if (_config.ReadsFinalState)
        {
            Normalize(_state, _normedState, _stateColumns);
            TUse.Pool(_shape.States, d, _normedState, _shape.Stride, _pooled + (_config.ReadOutWidth - d) * L.Count); // [D]
        }
    }

    /// <summary>
    /// What the state attended to in the chunk it has just taken in: the maximum over its vectors, then the mean over the heads. Where they
    /// stay the same, one stands for all of them.
    /// </summary>
    private void WriteAttention(int first, int count, Span<float> attention)
    {
        var heads = _config.NumberOfHeads;
        for (var image = 0; image < count; image++)
            for (var k = 0; k < _tokens; k++)
            {
                float sum = 0;
                for (var h = 0; h < heads; h++)
                {
                    float largest = 0;
                    for (var v = 0; v < _shape.States; v++)
                        largest = Math.Max(largest, Attention(v, h, k, image));
                    sum += largest;
                }
                attention[image * _config.TokenCount + _network.Order[first + k]] = sum / heads;
            }
    }

    /// <summary>What each state vector attended to in the chunk that the state has just taken in: the mean over the heads.</summary>
    private void WriteStateAttention(int first, int count, Span<float> attention)
    {
        var heads = _config.NumberOfHeads;
        for (var image = 0; image < count; image++)
            for (var v = 0; v < _shape.States; v++)
                for (var k = 0; k < _tokens; k++)
                {
                    float sum = 0;
                    for (var h = 0; h < heads; h++)
                        sum += Attention(v, h, k, image);
                    attention[(image * _shape.States + v) * _config.TokenCount + _network.Order[first + k]] = sum / heads;
                }
    }

    private float Attention(int vector, int head, int token, int image) =>
        TUse.Read(_attention, _config.NumberOfHeads * _tokens * L.Count, vector, head * _tokens + token, image);

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
