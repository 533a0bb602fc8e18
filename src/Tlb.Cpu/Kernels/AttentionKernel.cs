using System.Runtime.CompilerServices;

namespace Tlb.Cpu;

/// <summary>Attention over folded weights: a probe for each query and head, held against the normalised context itself.</summary>
/// <remarks>
/// With the query and key projections folded into one the score of a query and a token is the
/// product of the query's probe and the normalised token; with value and output folded, what is read is the weighted mean of the
/// normalised tokens, and the sum of the weights (1 without dropout) is carried along for the value bias.
/// </remarks>
internal static unsafe class AttentionKernel
{
    /// <summary>Attends.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="probes">[queries][heads x features][lanes].</param>
    /// <param name="context">The normalised tokens, [columns][features][lanes].</param>
    /// <param name="probabilities">Receives the attention before dropout, [queries][heads][keys][lanes].</param>
    /// <param name="read">Receives what was read, [queries][heads x features, then heads][lanes].</param>
    /// <param name="mask">The dropout of the probabilities.</param>
    /// <param name="kept">Working memory, [keys][lanes]; null where nothing is dropped.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward<L, TUse>(
        in AttentionShape shape, float* probes, float* context, float* probabilities, float* read, in DropoutMask mask, float* kept)
        where L : unmanaged, ILanes<L>
        where TUse : struct, ILaneUse<L>
    {
        var (keys, heads, dimension, stride) = (shape.Keys, shape.Heads, shape.Dimension, shape.ContextStride);
        for (var q = 0; q < shape.Queries; q++)
            for (var h = 0; h < heads; h++, probabilities += keys * L.Count)
            {
                var probe = probes + q * shape.ProbeStride + h * dimension * L.Count;
                var result = read + q * shape.ReadStride;
                for (var k = 0; k < keys; k += 4)
                    Scores<L, TUse>(probe, context, stride, k, Math.Min(4, keys - k), dimension, probabilities + k * L.Count);
                Softmax.Forward<L>(probabilities, keys);
                if (mask.IsActive)
                    ReadMasked<L, TUse>(shape, probabilities, context, result + h * dimension * L.Count, result + (heads * dimension + h) * L.Count, mask, (q * heads + h) * keys, kept);
                else
                {
                    Read<L, TUse>(probabilities, context, stride, keys, dimension, result + h * dimension * L.Count);
                    L.Store(L.All(1), result + (heads * dimension + h) * L.Count);
                }
            }
    }

    /// <summary>Attends to a single token: its probability is 1, so every query and head reads it whole.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="context">The normalised token, [features][lanes].</param>
    /// <param name="read">Receives what any query reads, [heads x features, then heads][lanes].</param>
    public static void ReadSingle<L>(in AttentionShape shape, float* context, float* read) where L : unmanaged, ILanes<L>
    {
        var count = shape.Dimension * L.Count;
        for (var h = 0; h < shape.Heads; h++)
        {
            Buffer.MemoryCopy(context, read + h * count, count * sizeof(float), count * sizeof(float));
            L.Store(L.All(1), read + shape.Heads * count + h * L.Count);
        }
    }

    /// <summary>The products of a probe and up to four tokens.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Scores<L, TUse>(float* probe, float* context, int stride, int key, int count, int dimension, float* scores)
        where L : unmanaged, ILanes<L>
        where TUse : struct, ILaneUse<L>
    {
        if (count == 4)
        {
            L a = L.All(0), b = a, c = a, d = a;
            for (var i = 0; i < dimension; i++)
            {
                var p = L.Load(probe + i * L.Count);
                a = L.MultiplyAdd(p, TUse.LoadContext(context, stride, key, i), a);
                b = L.MultiplyAdd(p, TUse.LoadContext(context, stride, key + 1, i), b);
                c = L.MultiplyAdd(p, TUse.LoadContext(context, stride, key + 2, i), c);
                d = L.MultiplyAdd(p, TUse.LoadContext(context, stride, key + 3, i), d);
            }
            L.Store(a, scores);
            L.Store(b, scores + L.Count);
            L.Store(c, scores + 2 * L.Count);
            L.Store(d, scores + 3 * L.Count);
            return;
        }
        for (var k = 0; k < count; k++)
        {
            var sum = L.All(0);
            for (var i = 0; i < dimension; i++)
                sum = L.MultiplyAdd(L.Load(probe + i * L.Count), TUse.LoadContext(context, stride, key + k, i), sum);
            L.Store(sum, scores + k * L.Count);
        }
    }

    /// <summary>The mean of the tokens, weighted by their probabilities; four features at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Read<L, TUse>(float* weights, float* context, int stride, int keys, int dimension, float* result)
        where L : unmanaged, ILanes<L>
        where TUse : struct, ILaneUse<L>
    {
        var i = 0;
        for (; i + 4 <= dimension; i += 4)
        {
            L a = L.All(0), b = a, c = a, d = a;
            for (var k = 0; k < keys; k++)
            {
                var w = L.Load(weights + k * L.Count);
                a = L.MultiplyAdd(w, TUse.LoadContext(context, stride, k, i), a);
                b = L.MultiplyAdd(w, TUse.LoadContext(context, stride, k, i + 1), b);
                c = L.MultiplyAdd(w, TUse.LoadContext(context, stride, k, i + 2), c);
                d = L.MultiplyAdd(w, TUse.LoadContext(context, stride, k, i + 3), d);
            }
            L.Store(a, result + i * L.Count);
            L.Store(b, result + (i + 1) * L.Count);
            L.Store(c, result + (i + 2) * L.Count);
            L.Store(d, result + (i + 3) * L.Count);
        }
        for (; i < dimension; i++)
        {
            var sum = L.All(0);
            for (var k = 0; k < keys; k++)
                sum = L.MultiplyAdd(L.Load(weights + k * L.Count), TUse.LoadContext(context, stride, k, i), sum);
            L.Store(sum, result + i * L.Count);
        }
    }

    private static void ReadMasked<L, TUse>(in AttentionShape shape, float* probabilities, float* context, float* result, float* total, in DropoutMask mask, int element, float* kept)
        where L : unmanaged, ILanes<L>
        where TUse : struct, ILaneUse<L>
    {
        var sum = L.All(0);
        for (var k = 0; k < shape.Keys; k++)
        {
            var p = L.Load(probabilities + k * L.Count) * mask.At<L>(element + k);
            sum += p;
            L.Store(p, kept + k * L.Count);
        }
        L.Store(sum, total);
        Read<L, TUse>(kept, context, shape.ContextStride, shape.Keys, shape.Dimension, result);
    }

    /// <summary>The gradients of <see cref="Forward"/>, for lanes that are images.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="probes">As in <see cref="Forward"/>.</param>
    /// <param name="context">As in <see cref="Forward"/>.</param>
    /// <param name="probabilities">What <see cref="Forward"/> gave.</param>
    /// <param name="readGradient">The gradient of what was read, laid out as it.</param>
    /// <param name="mask">The same dropout.</param>
    /// <param name="probeGradient">Receives the gradient of the probes, laid out as they.</param>
    /// <param name="contextGradient">The gradient of the context, laid out as it: added to.</param>
    /// <param name="scores">Working memory, [2][keys][lanes].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Backward<L>(
        in AttentionShape shape, float* probes, float* context, float* probabilities, float* readGradient, in DropoutMask mask, float* probeGradient, float* contextGradient, float* scores)
        where L : unmanaged, ILanes<L>
    {
        var (keys, heads, dimension, stride) = (shape.Keys, shape.Heads, shape.Dimension, shape.ContextStride);
        float* scoreGradient = scores, kept = scores + keys * L.Count;
        for (var q = 0; q < shape.Queries; q++)
            for (var h = 0; h < heads; h++, probabilities += keys * L.Count)
            {
                var probe = probes + q * shape.ProbeStride + h * dimension * L.Count;
                var gradient = readGradient + q * shape.ReadStride + h * dimension * L.Count;
                var total = L.Load(readGradient + q * shape.ReadStride + (heads * dimension + h) * L.Count);
                for (var k = 0; k < keys; k += 4)
                    Scores<L, ImagesInLanes<L>>(gradient, context, stride, k, Math.Min(4, keys - k), dimension, scoreGradient + k * L.Count);

                var along = L.All(0);
                for (var k = 0; k < keys; k++)
                {
                    var p = L.Load(probabilities + k * L.Count);
                    var g = L.Load(scoreGradient + k * L.Count) + total;
                    var scale = mask.IsActive ? mask.At<L>((q * heads + h) * keys + k) : L.All(1);
                    L.Store(p * scale, kept + k * L.Count);
                    g *= scale;
                    along = L.MultiplyAdd(p, g, along);
                    L.Store(g, scoreGradient + k * L.Count);
                }
                for (var k = 0; k < keys; k++)
                    L.Store((L.Load(scoreGradient + k * L.Count) - along) * L.Load(probabilities + k * L.Count), scoreGradient + k * L.Count);

                Read<L, ImagesInLanes<L>>(scoreGradient, context, stride, keys, dimension, probeGradient + q * shape.ProbeStride + h * dimension * L.Count);
                for (var k = 0; k < keys; k++)
                {
                    L s = L.Load(scoreGradient + k * L.Count), p = L.Load(kept + k * L.Count);
                    var target = contextGradient + k * stride;
                    for (var i = 0; i < dimension; i++, target += L.Count)
                        L.Store(L.MultiplyAdd(s, L.Load(probe + i * L.Count), L.MultiplyAdd(p, L.Load(gradient + i * L.Count), L.Load(target))), target);
                }
            }
    }
}
