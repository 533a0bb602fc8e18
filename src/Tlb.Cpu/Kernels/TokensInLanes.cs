using System.Runtime.CompilerServices;

namespace Tlb.Cpu;

/// <summary>Each lane is a token of one image: for an image that comes alone. The state is the same in all lanes.</summary>
internal readonly unsafe struct TokensInLanes<L> : ILaneUse<L> where L : unmanaged, ILanes<L>
{
    public static int Images => 1;

    public static int Columns(int tokens) => (tokens + L.Count - 1) / L.Count;

    /// <summary>All lanes read from the same token, which is a lane of some column.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static L LoadContext(float* context, int stride, int token, int feature) =>
        L.All(context[token / L.Count * stride + feature * L.Count + token % L.Count]);

    public static void CopyPatches(TlbConfig config, float* images, int firstToken, int column, float* patches)
    {
        var (grid, patch, size) = (config.GridSize, config.PatchSize, config.ImageSize);
        for (var lane = 0; lane < L.Count; lane++)
        {
            var within = column * L.Count + lane;
            if (within >= config.ChunkSize)
                continue;                                                    // no token: what is left there is finite, and never read
            var token = firstToken + within;
            var target = patches + lane;
            for (var y = 0; y < patch; y++)
            {
                var from = images + ((long)((token / grid * patch) + y) * size + token % grid * patch) * TlbConfig.Channels * L.Count;
                for (var i = 0; i < patch * TlbConfig.Channels; i++, from += L.Count, target += L.Count)
                    *target = *from;                                         // the image is in lane 0
            }
        }
    }

    public static void AddPositions(TlbConfig config, float* positions, int firstToken, int column, float* x)
    {
        for (var lane = 0; lane < Math.Min(L.Count, config.ChunkSize - column * L.Count); lane++)
        {
            var position = positions + (firstToken + column * L.Count + lane) * config.EmbeddingDimension;
            for (var i = 0; i < config.EmbeddingDimension; i++)
                x[i * L.Count + lane] += position[i];
        }
    }

    public static void StateLinear(Linear layer, float* x, float* y, bool add = false) => UniformMatMul.Forward<L>(layer, x, y, add);

    public static void FeedForward(FoldedFeedForward layer, float* normed, int stride, float* wide, int wideStride, float* x, int columns)
    {
        if (typeof(L) == typeof(Lanes256) && PairedFeedForward.CanRun(layer))
            for (var c = 0; c < columns; c++)
                PairedFeedForward.Run(layer, normed + c * stride, wide, x + c * stride);
        else
            layer.Forward<L>(normed, stride, wide, wide, wideStride, x, columns, add: true);
    }

    public static void Pool(int tokens, int features, float* x, int stride, float* pooled)
    {
        var share = 1f / tokens;                                             // as with images in lanes, to the bit
        for (var i = 0; i < features; i++, pooled += L.Count)
        {
            float sum = 0;
            for (var t = 0; t < tokens; t++)
                sum += x[t / L.Count * stride + i * L.Count + t % L.Count];
            L.Store(L.All(sum * share), pooled);
        }
    }
}
