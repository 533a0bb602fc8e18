using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Tlb.Cpu;

/// <summary>The changes of basis of a convolution with 3x3 windows, two by two results at a time: 16 products of each pair of channels in place of 36 (Winograd's F(2x2, 3x3): Lavin and Gray, 2016).</summary>
/// <remarks>
/// In the new basis, of 4x4 numbers, a convolution of a tile is a product number by number: so for each of the 16 there is one matrix
/// product over channels. All that is done here is additions and halves, number by number, of vectors that hold any neighbouring numbers:
/// what a picture comes out as doesn't depend on how many there are beside it.
/// </remarks>
internal static unsafe class Winograd
{
    /// <summary>The numbers of a tile in the new basis.</summary>
    public const int Numbers = 16;

    /// <summary>The rows and columns of a tile's results.</summary>
    public const int TileSize = 2;

    /// <summary>The number, alone of all, that adds to each of a tile's results just as it is: that of a bias.</summary>
    public const int Middle = 5;

    private const int ManyImagesTiles = 2;                                   // as many columns as MatMul takes at once
    private const int OneImageTiles = 8;

    /// <summary>The tiles that go through the matrix products together.</summary>
    /// <param name="images">The images side by side.</param>
    public static int TilesAtOnce(int images) => images == 1 ? OneImageTiles : ManyImagesTiles;

    /// <summary>The floats that the tiles of a layer take in the new basis, what is read and the result; 0 where it is not used.</summary>
    /// <param name="shape">A layer.</param>
    /// <param name="images">The images side by side.</param>
    public static long Floats(ConvolutionShape shape, int images) =>
        shape.UsesWinograd ? checked(Numbers * (long)TilesAtOnce(images) * images * (PackedMatrix.Pad((long)shape.Inputs) + shape.PaddedOutputs)) : 0;

    /// <summary>Brings what a tile reads to the new basis: Bᵀ d B.</summary>
    /// <param name="x">The first of 4x4 places.</param>
    /// <param name="row">The floats from one row to the next.</param>
    /// <param name="column">The floats from one column to the next.</param>
    /// <param name="count">The floats of a place; up to a whole vector is read and written.</param>
    /// <param name="v">Receives the first of 16 numbers of each.</param>
    /// <param name="stride">The floats from one of the 16 to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TransformInput(float* x, nint row, nint column, int count, float* v, nint stride)
    {
        for (var i = 0; i < count; i += Vector256<float>.Count)
        {
            Row(x + i, x + 2 * row + i, isSum: false, v + i);                // Bᵀ has the rows 1 0 -1 0,
            Row(x + row + i, x + 2 * row + i, isSum: true, v + 4 * stride + i); // 0 1 1 0,
            Row(x + 2 * row + i, x + row + i, isSum: false, v + 8 * stride + i); // 0 -1 1 0 and
            Row(x + row + i, x + 3 * row + i, isSum: false, v + 12 * stride + i); // 0 1 0 -1
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void Row(float* first, float* second, bool isSum, float* target)
        {
            Vector256<float> a = Vector256.Load(second), b = Vector256.Load(second + column), c = Vector256.Load(second + 2 * column), d = Vector256.Load(second + 3 * column);
            if (isSum)
                (a, b, c, d) = (Vector256.Load(first) + a, Vector256.Load(first + column) + b, Vector256.Load(first + 2 * column) + c, Vector256.Load(first + 3 * column) + d);
            else
                (a, b, c, d) = (Vector256.Load(first) - a, Vector256.Load(first + column) - b, Vector256.Load(first + 2 * column) - c, Vector256.Load(first + 3 * column) - d);
            (a - c).Store(target);
            (b + c).Store(target + stride);
            (c - b).Store(target + 2 * stride);
            (b - d).Store(target + 3 * stride);
        }
    }

    /// <summary>Brings a tile's results back from the new basis: Aᵀ m A.</summary>
    /// <param name="m">The first of 16 numbers of each result.</param>
    /// <param name="stride">The floats from one of the 16 to the next.</param>
    /// <param name="count">The floats of a place, a multiple of a vector's.</param>
    /// <param name="y0">Receives two places, of the first row.</param>
    /// <param name="y1">Receives two places, of the second row.</param>
    /// <param name="column">The floats from one place to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TransformOutput(float* m, nint stride, int count, float* y0, float* y1, nint column)
    {
        for (var i = 0; i < count; i += Vector256<float>.Count)
        {
            var p = m + i;
            Vector256<float> a0 = First(0), a1 = First(1), a2 = First(2), a3 = First(3);
            Vector256<float> b0 = Second(0), b1 = Second(1), b2 = Second(2), b3 = Second(3);
            (a0 + a1 + a2).Store(y0 + i);                                    // Aᵀ has the rows 1 1 1 0
            (a1 - a2 - a3).Store(y0 + column + i);                           // and 0 1 -1 -1
            (b0 + b1 + b2).Store(y1 + i);
            (b1 - b2 - b3).Store(y1 + column + i);

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            Vector256<float> First(int n) => Vector256.Load(p + n * stride) + Vector256.Load(p + (4 + n) * stride) + Vector256.Load(p + (8 + n) * stride);

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            Vector256<float> Second(int n) => Vector256.Load(p + (4 + n) * stride) - Vector256.Load(p + (8 + n) * stride) - Vector256.Load(p + (12 + n) * stride);
        }
    }

    /// <summary>Brings eight outputs of a kernel to the new basis: G g Gᵀ.</summary>
    /// <param name="g">[3, 3][8].</param>
    /// <param name="u">Receives [16][8].</param>
    public static void TransformKernel(float* g, float* u)
    {
        const int Lanes = PackedMatrix.Panel;
        var half = Vector256.Create(0.5f);
        var rows = stackalloc Vector256<float>[4 * 3];                       // G g, [4, 3]
        for (var column = 0; column < 3; column++)
        {
            Vector256<float> a = Vector256.Load(g + column * Lanes), b = Vector256.Load(g + (3 + column) * Lanes), c = Vector256.Load(g + (6 + column) * Lanes);
            Spread(a, b, c, rows + column, 3);
        }
        var result = stackalloc Vector256<float>[Numbers];
        for (var row = 0; row < 4; row++)
            Spread(rows[3 * row], rows[3 * row + 1], rows[3 * row + 2], result + 4 * row, 1);
        for (var i = 0; i < Numbers; i++)
            result[i].Store(u + i * Lanes);

        void Spread(Vector256<float> a, Vector256<float> b, Vector256<float> c, Vector256<float>* target, int step)
        {
            var ends = a + c;                                                // G has the rows 1 0 0, 1/2 1/2 1/2, 1/2 -1/2 1/2 and 0 0 1
            target[0] = a;
            target[step] = (ends + b) * half;
            target[2 * step] = (ends - b) * half;
            target[3 * step] = c;
        }
    }
}
