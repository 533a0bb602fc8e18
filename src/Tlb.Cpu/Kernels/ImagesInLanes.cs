using System.Runtime.CompilerServices;

namespace Tlb.Cpu;

/// <summary>Each lane is an image, each column a token: for as many images as there are lanes.</summary>
internal readonly unsafe struct ImagesInLanes<L> : ILaneUse<L> where L : unmanaged, ILanes<L>
{
    public static int Images => L.Count;

    public static int Columns(int vectors) => vectors;

    /// <summary>Each lane reads from the tokens of its own image, one column for each token.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static L LoadContext(float* context, int stride, int token, int feature) => L.Load(context + token * stride + feature * L.Count);

    public static float Read(float* columns, int stride, int vector, int feature, int image) => columns[vector * stride + feature * L.Count + image];

    public static void CopyPatches(TlbConfig config, float* images, ReadOnlySpan<int> places, int column, float* patches)
    {
        var place = places[column];
        var (grid, patch, size) = (config.GridSize, config.PatchSize, config.ImageSize);
        var row = patch * TlbConfig.Channels * L.Count;
        var from = images + ((long)(place / grid) * patch * size + place % grid * patch) * TlbConfig.Channels * L.Count;
        for (var y = 0; y < patch; y++, from += size * TlbConfig.Channels * L.Count, patches += row)
            Buffer.MemoryCopy(from, patches, row * sizeof(float), row * sizeof(float));
    }

    public static void CopyTokens(float* grid, int stride, int features, ReadOnlySpan<int> places, int column, float* x)
    {
        var bytes = (long)features * L.Count * sizeof(float);
        Buffer.MemoryCopy(grid + (nint)places[column] * stride, x, bytes, bytes);
    }

    public static void AddRows(float* rows, int count, int features, int column, float* x)
    {
        var row = rows + column * features;
        for (var i = 0; i < features; i++, x += L.Count)
            L.Store(L.Load(x) + L.All(row[i]), x);
    }

    public static void Append(float* columns, int stride, int count, int features, float* sequence, int first)
    {
        var bytes = (long)count * stride * sizeof(float);
        Buffer.MemoryCopy(columns, sequence + first * stride, bytes, bytes);
    }

    public static void StateLinear(Linear layer, float* x, float* y, bool add = false) => layer.Forward<L>(x, 0, y, 0, 1, add);

    public static void FeedForward(FoldedFeedForward layer, float* normed, int stride, float* wide, int wideStride, float* x, int columns) =>
        layer.Forward<L>(normed, stride, wide, wide, wideStride, x, columns, add: true);

    public static void Pool(int vectors, int features, float* x, int stride, float* pooled)
    {
        var share = L.All(1f / vectors);
        for (var i = 0; i < features; i++, x += L.Count, pooled += L.Count)
        {
            var sum = L.Load(x);
            for (var t = 1; t < vectors; t++)
                sum += L.Load(x + t * stride);
            L.Store(sum * share, pooled);
        }
    }
}
