namespace Tlb.Cpu;

/// <summary>What the forward pass of a chunk keeps for the backward pass.</summary>
internal sealed class ChunkRecord
{
    private readonly TileShape _shape;
    private readonly WorkMemory _memory;
    private readonly Dictionary<TokenStream, LayerNormRecord> _latest = [];

    /// <summary>Allocates memory.</summary>
    /// <param name="network">The network.</param>
    /// <param name="shape">The sizes.</param>
    /// <param name="memory">Where to allocate it.</param>
    /// <param name="chunk">The chunk.</param>
    public ChunkRecord(FoldedNetwork network, TileShape shape, WorkMemory memory, int chunk)
    {
        (_shape, _memory) = (shape, memory);
        (First, Tokens) = (chunk * shape.Tokens, network.Config.TokensOf(chunk));
        if (network.TokenNorm is not null)
            Embedded = new(shape, memory, Tokens);
        Fast = [.. network.Fast.Select(Record)];
        Slow = network.UpdatesState(chunk) ? [.. network.Slow.Select(Record)] : [];
    }

    /// <summary>The first token.</summary>
    public int First { get; }

    /// <summary>The tokens.</summary>
    public int Tokens { get; }

    /// <summary>The embedded tokens, normalised, where the form has that.</summary>
    public LayerNormRecord? Embedded { get; }

    /// <summary>The blocks that read the chunk.</summary>
    public BlockRecord[] Fast { get; }

    /// <summary>The blocks that update the state; none where nobody reads it.</summary>
    public BlockRecord[] Slow { get; }

    /// <summary>The columns of a stream.</summary>
    public int Columns(TokenStream stream) => stream == TokenStream.Slow ? _shape.States : Tokens;

    private BlockRecord Record(FoldedBlock block)
    {
        var readsOne = block.ReadsOneState(_shape);
        var context = Normalized(block.Context, block.NormalizesContext);
        var queries = readsOne ? null : Normalized(block.Queries, block.NormalizesQueries);
        var (asking, answering) = (Columns(block.Queries), Columns(block.Context));
        return new(queries, context, new(_shape, _memory, readsOne ? 1 : asking, answering, block.Attention.Key is not null), new(_shape, _memory, asking));
    }

    private LayerNormRecord Normalized(TokenStream stream, bool isNew) => isNew ? _latest[stream] = new(_shape, _memory, Columns(stream)) : _latest[stream];
}
