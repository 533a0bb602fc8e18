using System.Runtime.CompilerServices;

namespace Tlb.Cpu;

/// <summary>Each lane is a token of one image: for an image that comes alone. State vectors are in lanes too; one that stands for all is the same in all lanes.</summary>
internal readonly unsafe struct TokensInLanes<L> : ILaneUse<L> where L : unmanaged, ILanes<L>
{
    public static int Images => 1;

    public static int Columns(int vectors) => (vectors + L.Count - 1) / L.Count;

    /// <summary>All lanes read from the same token, which is a lane of some column.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static L LoadContext(float* context, int stride, int token, int feature) =>
        L.All(context[token / L.Count * stride + feature * L.Count + token % L.Count]);

    public static float Read(float* columns, int stride, int vector, int feature, int image) =>
        columns[vector / L.Count * stride + feature * L.Count + vector % L.Count];

    public static void CopyPatches(TlbConfig config, float* images, ReadOnlySpan<int> places, int column, float* patches)
    {
        var (grid, patch, size) = (config.GridSize, config.PatchSize, config.ImageSize);
        places = places[(column * L.Count)..];
        for (var lane = 0; lane < Math.Min(L.Count, places.Length); lane++)  // beyond is no token: what is left there is finite, and never read
        {
            var place = places[lane];
            var target = patches + lane;
            for (var y = 0; y < patch; y++)
            {
                var from = images + ((long)((place / grid * patch) + y) * size + place % grid * patch) * TlbConfig.Channels * L.Count;
                for (var i = 0; i < patch * TlbConfig.Channels; i++, from += L.Count, target += L.Count)
                    *target = *from;                                         // the image is in lane 0
            }
        }
    }

    public static void CopyTokens(float* grid, int stride, int features, ReadOnlySpan<int> places, int column, float* x)
    {
        places = places[(column * L.Count)..];
        for (var lane = 0; lane < Math.Min(L.Count, places.Length); lane++)
        {
            var from = grid + (nint)(places[lane] / L.Count) * stride + places[lane] % L.Count;
            for (var i = 0; i < features; i++)
                x[i * L.Count + lane] = from[i * L.Count];
        }
    }

    public static void AddRows(float* rows, int count, int features, int column, float* x)
    {
        for (var lane = 0; lane < Math.Min(L.Count, count - column * L.Count); lane++)
        {
            var row = rows + (column * L.Count + lane) * features;
            for (var i = 0; i < features; i++)
                x[i * L.Count + lane] += row[i];
        }
    }

    public static void Append(float* columns, int stride, int count, int features, float* sequence, int first)
    {
        for (var v = 0; v < count; v++)
        {
            float* from = columns + v / L.Count * stride + v % L.Count, to = sequence + (first + v) / L.Count * stride + (first + v) % L.Count;
            for (var i = 0; i < features; i++)
                to[i * L.Count] = from[i * L.Count];
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

    public static void Pool(int vectors, int features, float* x, int stride, float* pooled)
    {
        var share = 1f / vectors;                                            // as with images in lanes, to the bit
        for (var i = 0; i < features; i++, pooled += L.Count)
        {
            float sum = 0;
            for (var v = 0; v < vectors; v++)
                sum += Read(x, stride, v, i, image: 0);
            L.Store(L.All(sum * share), pooled);
        }
    }
}
