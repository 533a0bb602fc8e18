namespace Tlb.Cpu;

/// <summary>Tokens of a chunk, told apart by their positions, and normalised where the form has it so.</summary>
internal static unsafe class TokenEmbedding
{
    /// <summary>Embeds some columns of a chunk.</summary>
    /// <param name="network">The weights.</param>
    /// <param name="shape">The sizes.</param>
    /// <param name="tokenizer">Makes the tokens.</param>
    /// <param name="first">The chunk's first token.</param>
    /// <param name="tokens">The tokens of the chunk.</param>
    /// <param name="column">The first of the columns.</param>
    /// <param name="columns">The columns.</param>
    /// <param name="x">Receives the tokens, [columns][D][lanes].</param>
    /// <param name="normed">Where there is a normalisation, receives the tokens before its scale and shift, laid out as x; may be x.</param>
    /// <param name="inverse">Receives what <see cref="LayerNorm.Forward"/> gives, [columns][lanes]; or null.</param>
    public static void Forward<L, TUse>(
        FoldedNetwork network, TileShape shape, ITokenizer tokenizer, int first, int tokens, int column, int columns, float* x, float* normed, float* inverse)
        where L : unmanaged, ILanes<L>
        where TUse : struct, ILaneUse<L>
    {
        var d = shape.Features;
        tokenizer.Read(first, tokens, column, columns, x);                   // [columns][D]
        for (var c = 0; c < columns; c++)
            TUse.AddRows(network.Positions.Pointer + (long)first * d, tokens, d, column + c, x + c * shape.Stride);
        if (network.TokenNorm is not { } norm)
            return;
        LayerNorm.Forward<L>(x, normed, inverse, d, shape.Stride, columns);
        LayerNorm.ScaleAndShift<L>(normed, norm.Scale, norm.Shift, x, d, shape.Stride, columns);
    }
}
