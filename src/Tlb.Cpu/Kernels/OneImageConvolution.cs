using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Tlb.Cpu;

/// <summary>One image: a vector holds neighbouring outputs, a panel of the kernel, and is multiplied with inputs broadcast from memory.</summary>
/// <remarks>Inputs are added up in the order of <see cref="ManyImagesConvolution{L}"/>: an image alone gets the bits it gets in a batch.</remarks>
internal readonly unsafe struct OneImageConvolution : IConvolutionKernel
{
    private const int Places = 4;

    public static int Images => 1;

    public static void Row(FoldedConvolution layer, float* x, float* y)
    {
        int size = layer.Shape.Size, outputs = layer.Matrix.PaddedOutputs;
        for (var place = 0; place < size; place += Places)
        {
            // The last four may have been done in part, and come out the same; so does a place that comes several times.
            var first = Math.Max(0, Math.Min(place, size - Places));
            int p1 = Math.Min(1, size - 1), p2 = Math.Min(2, size - 1), p3 = Math.Min(3, size - 1);
            float* window = x + first * layer.Shape.Inputs, to = y + first * outputs;
            var n = 0;
            for (; n + 2 * PackedMatrix.Panel <= outputs; n += 2 * PackedMatrix.Panel)
                FourByTwoPanels(layer, n, window, p1, p2, p3, to + n);
            if (n < outputs)
                FourByOnePanel(layer, n, window, p1, p2, p3, to + n);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourByTwoPanels(FoldedConvolution layer, int n, float* x, int p1, int p2, int p3, float* y)
    {
        var shape = layer.Shape;
        int inputs = shape.Inputs, outputs = layer.Matrix.PaddedOutputs;
        nint s1 = p1 * inputs, s2 = p2 * inputs, s3 = p3 * inputs, panel = (nint)layer.Matrix.Inputs * 8;
        var w = layer.Matrix.Values + n / 8 * panel;
        Vector256<float> a0 = Vector256.Load(layer.Bias + n), b0 = Vector256.Load(layer.Bias + n + 8);
        Vector256<float> a1 = a0, a2 = a0, a3 = a0, b1 = b0, b2 = b0, b3 = b0;
        for (float* from = x, last = x + (nint)shape.Row * shape.Kernel; from < last; from += shape.Row)
            for (float* p = from, end = from + shape.Run; p < end; p++, w += 8)
            {
                Vector256<float> u = Vector256.Load(w), v = Vector256.Load(w + panel);
                var f = Vector256.Create(p[0]); a0 = Vector256.MultiplyAddEstimate(u, f, a0); b0 = Vector256.MultiplyAddEstimate(v, f, b0);
                f = Vector256.Create(p[s1]); a1 = Vector256.MultiplyAddEstimate(u, f, a1); b1 = Vector256.MultiplyAddEstimate(v, f, b1);
                f = Vector256.Create(p[s2]); a2 = Vector256.MultiplyAddEstimate(u, f, a2); b2 = Vector256.MultiplyAddEstimate(v, f, b2);
                f = Vector256.Create(p[s3]); a3 = Vector256.MultiplyAddEstimate(u, f, a3); b3 = Vector256.MultiplyAddEstimate(v, f, b3);
            }
        a0.Store(y); a1.Store(y + p1 * outputs); a2.Store(y + p2 * outputs); a3.Store(y + p3 * outputs);
        y += 8;
        b0.Store(y); b1.Store(y + p1 * outputs); b2.Store(y + p2 * outputs); b3.Store(y + p3 * outputs);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourByOnePanel(FoldedConvolution layer, int n, float* x, int p1, int p2, int p3, float* y)
    {
        var shape = layer.Shape;
        int inputs = shape.Inputs, outputs = layer.Matrix.PaddedOutputs;
        nint s1 = p1 * inputs, s2 = p2 * inputs, s3 = p3 * inputs;
        var w = layer.Matrix.Values + (nint)n * layer.Matrix.Inputs;
        Vector256<float> a0 = Vector256.Load(layer.Bias + n), a1 = a0, a2 = a0, a3 = a0;
        for (float* from = x, last = x + (nint)shape.Row * shape.Kernel; from < last; from += shape.Row)
            for (float* p = from, end = from + shape.Run; p < end; p++, w += 8)
            {
                var u = Vector256.Load(w);
                a0 = Vector256.MultiplyAddEstimate(u, Vector256.Create(p[0]), a0);
                a1 = Vector256.MultiplyAddEstimate(u, Vector256.Create(p[s1]), a1);
                a2 = Vector256.MultiplyAddEstimate(u, Vector256.Create(p[s2]), a2);
                a3 = Vector256.MultiplyAddEstimate(u, Vector256.Create(p[s3]), a3);
            }
        a0.Store(y); a1.Store(y + p1 * outputs); a2.Store(y + p2 * outputs); a3.Store(y + p3 * outputs);
    }
}
