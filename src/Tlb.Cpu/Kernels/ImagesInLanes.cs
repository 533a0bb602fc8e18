using System.Runtime.CompilerServices;

namespace Tlb.Cpu;

/// <summary>Each lane is an image, each column a token: for as many images as there are lanes.</summary>
internal readonly unsafe struct ImagesInLanes<L> : ILaneUse<L> where L : unmanaged, ILanes<L>
{
    public static int Images => L.Count;

    public static int Columns(int tokens) => tokens;

    /// <summary>Each lane reads from the tokens of its own image, one column for each token.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static L LoadContext(float* context, int stride, int token, int feature) => L.Load(context + token * stride + feature * L.Count);

    public static void CopyPatches(TlbConfig config, float* images, int firstToken, int column, float* patches)
    {
        var token = firstToken + column;
        var (grid, patch, size) = (config.GridSize, config.PatchSize, config.ImageSize);
        var row = patch * TlbConfig.Channels * L.Count;
        var from = images + ((long)(token / grid) * patch * size + token % grid * patch) * TlbConfig.Channels * L.Count;
        for (var y = 0; y < patch; y++, from += size * TlbConfig.Channels * L.Count, patches += row)
            Buffer.MemoryCopy(from, patches, row * sizeof(float), row * sizeof(float));
    }

    public static void AddPositions(TlbConfig config, float* positions, int firstToken, int column, float* x)
    {
        var position = positions + (firstToken + column) * config.EmbeddingDimension;
        for (var i = 0; i < config.EmbeddingDimension; i++, x += L.Count)
            L.Store(L.Load(x) + L.All(position[i]), x);
    }

    public static void StateLinear(Linear layer, float* x, float* y, bool add = false) => layer.Forward<L>(x, 0, y, 0, 1, add);

    public static void FeedForward(FoldedFeedForward layer, float* normed, int stride, float* wide, int wideStride, float* x, int columns) =>
        layer.Forward<L>(normed, stride, wide, wide, wideStride, x, columns, add: true);

    public static void Pool(int tokens, int features, float* x, int stride, float* pooled)
    {
        var share = L.All(1f / tokens);
        for (var i = 0; i < features; i++, x += L.Count, pooled += L.Count)
        {
            var sum = L.Load(x);
            for (var t = 1; t < tokens; t++)
                sum += L.Load(x + t * stride);
            L.Store(sum * share, pooled);
        }
    }
}
