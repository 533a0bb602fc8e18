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
    private readonly float* _state;                                          // [V][D]: the slow stream
    private readonly float* _change;                                         // [2][D]
    private readonly float* _wide;                                           // [2][hidden]
    private readonly float* _kept;                                           // [K or V]: probabilities after dropout

    public TileForward(FoldedNetwork network, TileShape shape)
    {
        (_network, _config, _shape) = (network, network.Config, shape);
        (_images, _augmented) = (new(_config.ImageSize), new(_config.ImageSize));
        Tokenizer = network.CreateTokenizer<L, ImagesInLanes<L>>(shape, isTrained: true);
        _x = _memory.Allocate(shape.Tokens, shape.Stride);
        _state = _memory.Allocate(shape.States, shape.Stride);
        _change = _memory.Allocate(TileShape.Pair, shape.Stride);
        _wide = _memory.Allocate(TileShape.Pair, shape.WideStride);
        _kept = _memory.Allocate(shape.Vectors, L.Count);
        Pooled = _memory.Allocate(shape.PooledStride);
        Logits = _memory.Allocate(shape.LogitStride);
        Chunks = [.. Enumerable.Range(0, _config.ChunkCount).Select(chunk => new ChunkRecord(network, shape, _memory, chunk))];
        if (_config.ReadsTokens)
        {
            Sequence = new(shape, _memory, _config.TokenCount);
            Score = _memory.Allocate(shape.Stride);
            Shares = _memory.Allocate(_config.TokenCount, L.Count);
        }
        if (_config.ReadsFinalState)
            FinalState = new(shape, _memory, shape.States);
    }

    /// <summary>The floats that it takes beside its images.</summary>
    internal long Floats => _memory.Count + Tokenizer.Floats;

    /// <summary>What made the tokens.</summary>
    public ITokenizer Tokenizer { get; }

    /// <summary>What each chunk left for the backward pass.</summary>
    public ChunkRecord[] Chunks { get; }

    /// <summary>What the fast stream made of all tokens, normalised, where they are pooled.</summary>
    public LayerNormRecord? Sequence { get; }

    /// <summary>What its tokens are multiplied with to give their scores, [D].</summary>
    public float* Score { get; }

    /// <summary>The shares of its tokens, [N].</summary>
    public float* Shares { get; }

    /// <summary>The state after the last chunk, normalised, where the classes are read from it.</summary>
    public LayerNormRecord? FinalState { get; }

    /// <summary>What the classes are read from, [D or 2 D].</summary>
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
        Tokenizer.Start(_images.Pixels);
        new Span<float>(_state, _shape.States * _shape.Stride).Clear();
        if (_network.StartState is { } start)
            AddToState(start.Pointer);
        foreach (var (t, chunk) in Chunks.Index())
        {
            TokenEmbedding.Forward<L, ImagesInLanes<L>>(                     // [K][D]
                _network, _shape, Tokenizer, chunk.First, chunk.Tokens, 0, chunk.Tokens, _x,
                chunk.Embedded is null ? null : chunk.Embedded.Normed, chunk.Embedded is null ? null : chunk.Embedded.Inverse);
            if (_network.StatePlaces is { } places)
                AddToState(places.Pointer);
            foreach (var (block, record) in _network.Fast.Zip(chunk.Fast))
                Run(block, record, chunk, t, first, dropout);
            if (Sequence is not null)
                LayerNorm.Forward<L>(
                    _x, Sequence.Normed + chunk.First * _shape.Stride, Sequence.Inverse + chunk.First * L.Count, _shape.Features, _shape.Stride, chunk.Tokens);
            foreach (var (block, record) in _network.Slow.Zip(chunk.Slow))
                Run(block, record, chunk, t, first, dropout);
        }
        ReadOut();
        _network.ReadOut.Classifier.Forward<L>(Pooled, 0, Logits, 0, 1);
    }

    public void Dispose()
    {
        _images.Dispose();
        _augmented.Dispose();
        Tokenizer.Dispose();
        _memory.Dispose();
    }

    /// <summary>A row for each state vector, added to it.</summary>
    private void AddToState(float* rows)
    {
        for (var v = 0; v < _shape.States; v++)
            ImagesInLanes<L>.AddRows(rows, _shape.States, _shape.Features, v, _state + v * _shape.Stride);
    }

    private void Run(FoldedBlock block, BlockRecord record, ChunkRecord chunk, int t, int first, StepDropout dropout)
    {
        DropoutMask attention = dropout.Attention(t, block.Layer, block.Use, first), feedForward = dropout.FeedForward(t, block.Layer, block.Use, first);
        var x = block.Queries == TokenStream.Slow ? _state : _x;
        var queries = chunk.Columns(block.Queries);
        if (block.NormalizesContext)
            Normalize(block.Context == TokenStream.Slow ? _state : _x, record.Context, chunk.Columns(block.Context));
        if (record.Queries is null)                                          // one state vector, read whole by every token
        {
            block.Attention.ReadState<L, ImagesInLanes<L>>(_shape.Attention(1, 1), record.Context.Normed, record.Attention.Read, _change); // [D]
            for (var c = 0; c < queries; c++)
                Vectors.Add<L>(_change, x + c * _shape.Stride, _shape.Features);
        }
        else
        {
            if (block.NormalizesQueries)
                Normalize(x, record.Queries, queries);
            Attend(block.Attention, record, _shape.Attention(queries, chunk.Columns(block.Context)), x, attention);
        }
        FeedForward(block.FeedForward, record.FeedForward, x, queries, feedForward);
    }

    private void Attend(FoldedAttention layer, BlockRecord record, in AttentionShape shape, float* x, in DropoutMask mask)
    {
        var kept = record.Attention;
        float* keys = kept.Keys, values = kept.Values;
        layer.Project<L>(record.Context.Normed, _shape.Stride, shape.Keys, ref keys, ref values);      // [keys][heads x width]
        layer.Probe.Forward<L>(record.Queries!.Normed, _shape.Stride, kept.Probes, _shape.ProbeStride, shape.Queries); // [queries][heads x width]
        AttentionKernel.Forward<L, ImagesInLanes<L>>(shape, kept.Probes, keys, values, kept.Probabilities, kept.Read, mask, _kept); // [queries][heads x width, then maybe heads]
        layer.Read.Forward<L>(kept.Read, _shape.ReadStride, x, _shape.Stride, shape.Queries, add: true); // [queries][D]
    }

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

    /// <summary>What the classes are read from.</summary>
    private void ReadOut()
    {
        var d = _shape.Features;
        if (_config.ReadsLastChunk)
            ImagesInLanes<L>.Pool(_shape.Tokens, d, _x, _shape.Stride, Pooled); // [D]: of the last chunk
        if (Sequence is not null)
        {
            for (var f = 0; f < d; f++)
                L.Store(L.All(_network.ReadOut.Score[f]), Score + f * L.Count);
            AttentionKernel.Forward<L, ImagesInLanes<L>>(_shape.Pooling(), Score, Sequence.Normed, Sequence.Normed, Shares, Pooled, default, null); // [D]
        }
        if (FinalState is not null)
        {
            Normalize(_state, FinalState, _shape.States);
            ImagesInLanes<L>.Pool(_shape.States, d, FinalState.Normed, _shape.Stride, Pooled + (_config.ReadOutWidth - d) * L.Count); // [D]
        }
    }

    private void Normalize(float* x, LayerNormRecord record, int columns) =>
        LayerNorm.Forward<L>(x, record.Normed, record.Inverse, _shape.Features, _shape.Stride, columns);
}
