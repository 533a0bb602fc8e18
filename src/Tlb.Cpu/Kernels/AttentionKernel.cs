using System.Runtime.CompilerServices;

namespace Tlb.Cpu;

/// <summary>Attention: a probe for each query and head, held against keys; what is read is the mean of values, weighted.</summary>
/// <remarks>
/// Where heads are as wide as a token, keys and values are the normalised tokens themselves, the same for all heads: the query and key
/// projections are folded into the probe, value and output into what follows, and the sum of the weights (1 without dropout) is carried
/// along for the value bias. Else a head has its own features of projected keys and values.
/// </remarks>
internal static unsafe class AttentionKernel
{
    /// <summary>Attends.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="probes">[queries][heads x width][lanes].</param>
    /// <param name="keys">[columns][features][lanes].</param>
    /// <param name="values">Laid out as <paramref name="keys"/>; may be the same, if heads share keys or there is one head.</param>
    /// <param name="probabilities">Receives the attention before dropout, [queries][heads][keys][lanes].</param>
    /// <param name="read">Receives what was read, [queries][heads x width, then the heads' sums if keys are shared][lanes].</param>
    /// <param name="mask">The dropout of the probabilities.</param>
    /// <param name="kept">Working memory where the mask is active, [keys][lanes].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward<L, TUse>(
        in AttentionShape shape, float* probes, float* keys, float* values, float* probabilities, float* read, in DropoutMask mask, float* kept)
        where L : unmanaged, ILanes<L>
        where TUse : struct, ILaneUse<L>
    {
        var (count, heads, width, stride) = (shape.Keys, shape.Heads, shape.Width, shape.ContextStride);
        var step = shape.HeadStep * L.Count;
        for (var q = 0; q < shape.Queries; q++)
            for (var h = 0; h < heads; h++, probabilities += count * L.Count)
            {
                var probe = probes + q * shape.ProbeStride + h * width * L.Count;
                var result = read + q * shape.ReadStride;
                for (var k = 0; k < count; k += 4)
                    Scores<L, TUse>(probe, keys + h * step, stride, k, Math.Min(4, count - k), width, probabilities + k * L.Count);
                Softmax.Forward<L>(probabilities, count);
                var weights = mask.IsActive ? kept : probabilities;
                var sum = mask.IsActive ? Keep<L>(probabilities, count, mask, (q * heads + h) * count, kept) : L.All(1);
                Read<L, TUse>(weights, values + h * step, stride, count, width, result + h * width * L.Count);
                if (shape.SharesKeys)
                    L.Store(sum, result + (heads * width + h) * L.Count);
            }
    }

    /// <summary>Attends to a single token that all heads share: its probability is 1, so every query and head reads it whole.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="context">The normalised token, [features][lanes].</param>
    /// <param name="read">Receives what any query reads, [heads x features, then heads][lanes].</param>
    public static void ReadSingle<L>(in AttentionShape shape, float* context, float* read) where L : unmanaged, ILanes<L>
    {
        var count = shape.Width * L.Count;
        for (var h = 0; h < shape.Heads; h++)
        {
            Buffer.MemoryCopy(context, read + h * count, count * sizeof(float), count * sizeof(float));
            L.Store(L.All(1), read + shape.Heads * count + h * L.Count);
        }
    }

    /// <summary>The gradients of <see cref="Forward"/>, for lanes that are images.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="probes">As in <see cref="Forward"/>.</param>
    /// <param name="keys">As in <see cref="Forward"/>.</param>
    /// <param name="values">As in <see cref="Forward"/>.</param>
    /// <param name="probabilities">What <see cref="Forward"/> gave; becomes what the mask kept of it.</param>
    /// <param name="readGradient">The gradient of what was read, laid out as it.</param>
    /// <param name="mask">The same dropout.</param>
    /// <param name="scores">Working memory, laid out as <paramref name="probabilities"/>.</param>
    /// <param name="probeGradient">Receives the gradient of the probes, laid out as they.</param>
    /// <param name="keyGradient">The gradient of the keys, laid out as they: added to.</param>
    /// <param name="valueGradient">The gradient of the values, laid out as they: added to. The same as the keys' where they are the same.</param>
    public static void Backward<L>(
        in AttentionShape shape, float* probes, float* keys, float* values, float* probabilities, float* readGradient, in DropoutMask mask, float* scores,
        float* probeGradient, float* keyGradient, float* valueGradient)
        where L : unmanaged, ILanes<L>
    {
        ToScores<L>(shape, keys, values, probabilities, readGradient, mask, scores, probeGradient);
        if (keys == values)
            for (var k = 0; k < shape.Keys; k++)
                AddBoth<L>(shape, probabilities + k * L.Count, readGradient, scores + k * L.Count, probes, keyGradient + k * shape.ContextStride);
        else
            for (var h = 0; h < shape.Heads; h++)
            {
                var step = h * shape.HeadStep * L.Count;
                for (var k = 0; k < shape.Keys; k++)
                {
                    int weight = (h * shape.Keys + k) * L.Count, target = k * shape.ContextStride + step;
                    AddOne<L>(shape, scores + weight, probes + step, shape.ProbeStride, keyGradient + target);
                    AddOne<L>(shape, probabilities + weight, readGradient + step, shape.ReadStride, valueGradient + target);
                }
            }
    }

    /// <summary>From the gradient of what was read to those of scores and probes; probabilities become what the mask kept.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ToScores<L>(
        in AttentionShape shape, float* keys, float* values, float* probabilities, float* readGradient, in DropoutMask mask, float* scores, float* probeGradient)
        where L : unmanaged, ILanes<L>
    {
        var (count, heads, width, stride) = (shape.Keys, shape.Heads, shape.Width, shape.ContextStride);
        var step = shape.HeadStep * L.Count;
        for (var q = 0; q < shape.Queries; q++)
            for (var h = 0; h < heads; h++, probabilities += count * L.Count, scores += count * L.Count)
            {
                var gradient = readGradient + q * shape.ReadStride + h * width * L.Count;
                var total = shape.SharesKeys ? L.Load(readGradient + q * shape.ReadStride + (heads * width + h) * L.Count) : L.All(0);
                for (var k = 0; k < count; k += 4)
                    Scores<L, ImagesInLanes<L>>(gradient, values + h * step, stride, k, Math.Min(4, count - k), width, scores + k * L.Count);

                var along = L.All(0);
                for (var k = 0; k < count; k++)
                {
                    var p = L.Load(probabilities + k * L.Count);
                    var g = L.Load(scores + k * L.Count) + total;
                    if (mask.IsActive)
                        g *= mask.At<L>((q * heads + h) * count + k);
                    along = L.MultiplyAdd(p, g, along);
                    L.Store(g, scores + k * L.Count);
                }
                for (var k = 0; k < count; k++)
                    L.Store((L.Load(scores + k * L.Count) - along) * L.Load(probabilities + k * L.Count), scores + k * L.Count);
                Read<L, ImagesInLanes<L>>(scores, keys + h * step, stride, count, width, probeGradient + q * shape.ProbeStride + h * width * L.Count);
                if (mask.IsActive)
                    Keep<L>(probabilities, count, mask, (q * heads + h) * count, probabilities);
            }
    }

    /// <summary>target += the sum over queries and heads of p x gradient + s x probe, in this order; four features at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddBoth<L>(in AttentionShape shape, float* p, float* gradients, float* s, float* probes, float* target) where L : unmanaged, ILanes<L>
    {
        var (queries, heads, width, next) = (shape.Queries, shape.Heads, shape.Width, shape.Keys * L.Count);
        var i = 0;
        for (; i + 4 <= width; i += 4, target += 4 * L.Count)
        {
            L a = L.Load(target), b = L.Load(target + L.Count), c = L.Load(target + 2 * L.Count), d = L.Load(target + 3 * L.Count);
            float* weight = p, score = s;
            for (var q = 0; q < queries; q++)
                for (var h = 0; h < heads; h++, weight += next, score += next)
                {
                    float* g = gradients + q * shape.ReadStride + (h * width + i) * L.Count, v = probes + q * shape.ProbeStride + (h * width + i) * L.Count;
                    L x = L.Load(weight), y = L.Load(score);
                    a = L.MultiplyAdd(y, L.Load(v), L.MultiplyAdd(x, L.Load(g), a));
                    b = L.MultiplyAdd(y, L.Load(v + L.Count), L.MultiplyAdd(x, L.Load(g + L.Count), b));
                    c = L.MultiplyAdd(y, L.Load(v + 2 * L.Count), L.MultiplyAdd(x, L.Load(g + 2 * L.Count), c));
                    d = L.MultiplyAdd(y, L.Load(v + 3 * L.Count), L.MultiplyAdd(x, L.Load(g + 3 * L.Count), d));
                }
            L.Store(a, target);
            L.Store(b, target + L.Count);
            L.Store(c, target + 2 * L.Count);
            L.Store(d, target + 3 * L.Count);
        }
        for (; i < width; i++, target += L.Count)
        {
            var sum = L.Load(target);
            float* weight = p, score = s;
            for (var q = 0; q < queries; q++)
                for (var h = 0; h < heads; h++, weight += next, score += next)
                {
                    float* g = gradients + q * shape.ReadStride + (h * width + i) * L.Count, v = probes + q * shape.ProbeStride + (h * width + i) * L.Count;
                    sum = L.MultiplyAdd(L.Load(score), L.Load(v), L.MultiplyAdd(L.Load(weight), L.Load(g), sum));
                }
            L.Store(sum, target);
        }
    }

    /// <summary>target += the sum over queries of weight x column, for one head; four features at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddOne<L>(in AttentionShape shape, float* weights, float* columns, int stride, float* target) where L : unmanaged, ILanes<L>
    {
        var (queries, width, next) = (shape.Queries, shape.Width, shape.Heads * shape.Keys * L.Count);
        var i = 0;
        for (; i + 4 <= width; i += 4, target += 4 * L.Count, columns += 4 * L.Count)
        {
            L a = L.Load(target), b = L.Load(target + L.Count), c = L.Load(target + 2 * L.Count), d = L.Load(target + 3 * L.Count);
            float* w = weights, v = columns;
            for (var q = 0; q < queries; q++, w += next, v += stride)
            {
                var x = L.Load(w);
                a = L.MultiplyAdd(x, L.Load(v), a);
                b = L.MultiplyAdd(x, L.Load(v + L.Count), b);
                c = L.MultiplyAdd(x, L.Load(v + 2 * L.Count), c);
                d = L.MultiplyAdd(x, L.Load(v + 3 * L.Count), d);
            }
            L.Store(a, target);
            L.Store(b, target + L.Count);
            L.Store(c, target + 2 * L.Count);
            L.Store(d, target + 3 * L.Count);
        }
        for (; i < width; i++, target += L.Count, columns += L.Count)
        {
            var sum = L.Load(target);
            float* w = weights, v = columns;
            for (var q = 0; q < queries; q++, w += next, v += stride)
                sum = L.MultiplyAdd(L.Load(w), L.Load(v), sum);
            L.Store(sum, target);
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

    /// <summary>Probabilities times their mask.</summary>
    /// <returns>Their sum.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static L Keep<L>(float* probabilities, int keys, in DropoutMask mask, int element, float* kept) where L : unmanaged, ILanes<L>
    {
        var sum = L.All(0);
        for (var k = 0; k < keys; k++)
        {
            var p = L.Load(probabilities + k * L.Count) * mask.At<L>(element + k);
            sum += p;
            L.Store(p, kept + k * L.Count);
        }
        return sum;
    }
}
