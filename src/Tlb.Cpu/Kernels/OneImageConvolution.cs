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
        var shape = layer.Shape;
        Run(layer.Matrix!, layer.Bias, x, shape.Inputs, shape.Kernel, shape.Row, y, shape.PaddedOutputs, shape.Size);
    }

    public static void Multiply(PackedMatrix matrix, float* bias, float* x, int xStride, float* y, int yStride, int columns) =>
        Run(matrix, bias, x, xStride, rows: 1, row: 0, y, yStride, columns);

    /// <summary>Multiplies windows, of a few rows of neighbouring numbers each.</summary>
    private static void Run(PackedMatrix matrix, float* bias, float* x, int step, int rows, int row, float* y, int yStep, int size)
    {
        for (var place = 0; place < size; place += Places)
        {
            // The last four may have been done in part, and come out the same; so does a place that comes several times.
            var first = Math.Max(0, Math.Min(place, size - Places));
            int p1 = Math.Min(1, size - 1), p2 = Math.Min(2, size - 1), p3 = Math.Min(3, size - 1);
            float* window = x + (nint)first * step, to = y + (nint)first * yStep;
            var windows = new Windows(window, p1 * step, p2 * step, p3 * step, rows, row, matrix.Inputs / rows);
            var results = new Results(to, p1 * yStep, p2 * yStep, p3 * yStep);
            var n = 0;
            for (; n + 2 * PackedMatrix.Panel <= matrix.PaddedOutputs; n += 2 * PackedMatrix.Panel)
                FourByTwoPanels(matrix.Values + (nint)n * matrix.Inputs, matrix.Inputs * PackedMatrix.Panel, bias + n, windows, results, n);
            if (n < matrix.PaddedOutputs)
                FourByOnePanel(matrix.Values + (nint)n * matrix.Inputs, bias + n, windows, results, n);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourByTwoPanels(float* w, nint panel, float* bias, in Windows windows, in Results results, int n)
    {
        var x = windows.First;
        var (s1, s2, s3, run) = (windows.Second, windows.Third, windows.Fourth, windows.Run);
        Vector256<float> a0 = Vector256.Load(bias), b0 = Vector256.Load(bias + 8);
        Vector256<float> a1 = a0, a2 = a0, a3 = a0, b1 = b0, b2 = b0, b3 = b0;
        for (var rows = windows.Rows; rows > 0; rows--, x += windows.Row)
            for (float* p = x, end = x + run; p < end; p++, w += 8)
            {
                Vector256<float> u = Vector256.Load(w), v = Vector256.Load(w + panel);
                var f = Vector256.Create(p[0]); a0 = Vector256.MultiplyAddEstimate(u, f, a0); b0 = Vector256.MultiplyAddEstimate(v, f, b0);
                f = Vector256.Create(p[s1]); a1 = Vector256.MultiplyAddEstimate(u, f, a1); b1 = Vector256.MultiplyAddEstimate(v, f, b1);
                f = Vector256.Create(p[s2]); a2 = Vector256.MultiplyAddEstimate(u, f, a2); b2 = Vector256.MultiplyAddEstimate(v, f, b2);
                f = Vector256.Create(p[s3]); a3 = Vector256.MultiplyAddEstimate(u, f, a3); b3 = Vector256.MultiplyAddEstimate(v, f, b3);
            }
        results.Store(n, a0, a1, a2, a3);
        results.Store(n + 8, b0, b1, b2, b3);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourByOnePanel(float* w, float* bias, in Windows windows, in Results results, int n)
    {
        var x = windows.First;
        var (s1, s2, s3, run) = (windows.Second, windows.Third, windows.Fourth, windows.Run);
        Vector256<float> a0 = Vector256.Load(bias), a1 = a0, a2 = a0, a3 = a0;
        for (var rows = windows.Rows; rows > 0; rows--, x += windows.Row)
            for (float* p = x, end = x + run; p < end; p++, w += 8)
            {
                var u = Vector256.Load(w);
                a0 = Vector256.MultiplyAddEstimate(u, Vector256.Create(p[0]), a0);
                a1 = Vector256.MultiplyAddEstimate(u, Vector256.Create(p[s1]), a1);
                a2 = Vector256.MultiplyAddEstimate(u, Vector256.Create(p[s2]), a2);
                a3 = Vector256.MultiplyAddEstimate(u, Vector256.Create(p[s3]), a3);
            }
        results.Store(n, a0, a1, a2, a3);
    }

    /// <summary>Four windows: where the first lies, how far from it the others do, and the rows of each, of neighbouring numbers.</summary>
    private readonly ref struct Windows(float* first, nint second, nint third, nint fourth, int rows, nint row, int run)
    {
        public float* First => first;
        public nint Second => second;
        public nint Third => third;
        public nint Fourth => fourth;
        public int Rows => rows;
        public nint Row => row;
        public int Run => run;
    }

    /// <summary>Four places of the result: where the first lies, and how far from it the others do.</summary>
    private readonly ref struct Results(float* first, nint second, nint third, nint fourth)
    {
        public void Store(int output, Vector256<float> a, Vector256<float> b, Vector256<float> c, Vector256<float> d)
        {
            var y = first + output;
            a.Store(y); b.Store(y + second); c.Store(y + third); d.Store(y + fourth);
        }
    }
}
