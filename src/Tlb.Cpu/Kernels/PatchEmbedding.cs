namespace Tlb.Cpu;

/// <summary>Patches to tokens: projection, learned position, layer normalisation with scale and shift.</summary>
internal static unsafe class PatchEmbedding
{
    /// <summary>Embeds some columns of a chunk.</summary>
    /// <param name="network">The weights.</param>
    /// <param name="shape">The sizes.</param>
    /// <param name="images">The images, [S, S, 3][lanes].</param>
    /// <param name="firstToken">The first token of the chunk.</param>
    /// <param name="column">The first of the columns.</param>
    /// <param name="columns">The columns.</param>
    /// <param name="patches">Receives the patches, [columns][P, P, 3][lanes].</param>
    /// <param name="x">Receives the tokens, [columns][D][lanes].</param>
    /// <param name="normed">Receives the tokens before scale and shift, laid out as x; may be x.</param>
    /// <param name="inverse">Receives what <see cref="LayerNorm.Forward"/> gives, [columns][lanes]; or null.</param>
    public static void Forward<L, TUse>(
        FoldedNetwork network, TileShape shape, float* images, int firstToken, int column, int columns,
        float* patches, float* x, float* normed, float* inverse)
        where L : unmanaged, ILanes<L>
        where TUse : struct, ILaneUse<L>
    {
        for (var c = 0; c < columns; c++)
            TUse.CopyPatches(network.Config, images, firstToken, column + c, patches + c * shape.PatchStride); // [P, P, 3]
        network.PatchProjection.Forward<L>(patches, shape.PatchStride, x, shape.Stride, columns);              // [columns][D]
        for (var c = 0; c < columns; c++)
            TUse.AddPositions(network.Config, network.Positions, firstToken, column + c, x + c * shape.Stride);
        LayerNorm.Forward<L>(x, normed, inverse, shape.Features, shape.Stride, columns);
        LayerNorm.ScaleAndShift<L>(normed, network.PatchNormScale, network.PatchNormShift, x, shape.Features, shape.Stride, columns);
    }
}
