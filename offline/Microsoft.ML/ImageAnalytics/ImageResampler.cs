using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Microsoft.ML.Data;

/// <summary>
/// Scales pixels the way that Skia, the packages' image library, does: an image that shrinks is halved as long as it
/// stays larger than the target and then interpolated linearly, one that grows is interpolated cubically. The nearest
/// pixel is the same one; interpolated colours may differ by one step of 255, as Skia rounds differently per processor.
/// </summary>
internal static class ImageResampler
{
    public static void Nearest(ReadOnlySpan<uint> source, int sourceWidth, int sourceHeight, Span<uint> target, int width, int height)
    {
        var columns = NearestPlaces(sourceWidth, width);
        var rows = NearestPlaces(sourceHeight, height);
        for (var y = 0; y < height; y++)
        {
            var from = source.Slice(rows[y] * sourceWidth, sourceWidth);
            var to = target.Slice(y * width, width);
            for (var x = 0; x < width; x++)
                to[x] = from[columns[x]];
        }
    }

    public static void Smooth(ReadOnlySpan<uint> source, int sourceWidth, int sourceHeight, Span<uint> target, int width, int height,
        DrawArea area)
    {
        if (area.Width == 0 || area.Height == 0)
            return;
        var (scaleX, scaleY) = ((float)sourceWidth / area.Width, (float)sourceHeight / area.Height);
        var cubic = Math.Min(scaleX, scaleY) <= 1 && Math.Max(scaleX, scaleY) != 1;
        if (!cubic)
        {
            for (var halvings = (int)Math.Floor(MathF.Log2(MathF.Sqrt(scaleX * scaleY)));
                halvings > 0 && (sourceWidth > 1 || sourceHeight > 1); halvings--)
                source = Halve(source, ref sourceWidth, ref sourceHeight);
        }
        var columns = new Axis(sourceWidth, area.Left, area.Width, width, cubic);
        var rows = new Axis(sourceHeight, area.Top, area.Height, height, cubic);
        for (var y = rows.First; y < rows.Limit; y++)
        {
            var to = target.Slice(y * width, width);
            for (var x = columns.First; x < columns.Limit; x++)
                to[x] = Blend(source, sourceWidth, columns, x, rows, y);
        }
    }

    private static uint Blend(ReadOnlySpan<uint> source, int sourceWidth, Axis columns, int x, Axis rows, int y)
    {
        var sum = Vector128<float>.Zero;
        for (var row = 0; row < rows.Taps; row++)
        {
            var (line, weight) = rows[y, row];
            var pixels = source.Slice(line * sourceWidth, sourceWidth);
            var inRow = Vector128<float>.Zero;
            for (var column = 0; column < columns.Taps; column++)
            {
                var (place, share) = columns[x, column];
                inRow += Unpack(pixels[place]) * share;
            }
            sum += inRow * weight;
        }
        return Pack(sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Unpack(uint pixel) => Vector128.ConvertToSingle(
        Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalar(pixel).AsByte())).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Pack(Vector128<float> pixel)
    {
        // Cubic interpolation overshoots; a colour never exceeds its alpha.
        var alpha = Math.Clamp(pixel[3], 0, 255);
        pixel = Vector128.Min(Vector128.Max(pixel, Vector128<float>.Zero), Vector128.Create(alpha));
        var rounded = Vector128.ConvertToInt32(pixel + Vector128.Create(0.5f));
        return (uint)(rounded[0] | rounded[1] << 8 | rounded[2] << 16 | rounded[3] << 24);
    }

    /// <summary>Halves both sides, rounded down; an odd side takes three pixels for one, in the ratio 1:2:1.</summary>
    private static uint[] Halve(ReadOnlySpan<uint> source, ref int width, ref int height)
    {
        const uint EvenBytes = 0x00FF00FF;
        int[] columnTaps = TapsOf(width), rowTaps = TapsOf(height);
        var shift = BitOperations.Log2((uint)(columnTaps.Sum() * rowTaps.Sum()));
        int newWidth = Math.Max(width / 2, 1), newHeight = Math.Max(height / 2, 1);
        var target = new uint[newWidth * newHeight];
        for (var y = 0; y < newHeight; y++)
        {
            for (var x = 0; x < newWidth; x++)
            {
                uint even = 0, odd = 0;
                for (var row = 0; row < rowTaps.Length; row++)
                {
                    var pixels = source.Slice((2 * y + row) * width + 2 * x, columnTaps.Length);
                    for (var column = 0; column < pixels.Length; column++)
                    {
                        var weight = (uint)(rowTaps[row] * columnTaps[column]);
                        even += (pixels[column] & EvenBytes) * weight;
                        odd += (pixels[column] >> 8 & EvenBytes) * weight;
                    }
                }
                target[y * newWidth + x] = even >> shift & EvenBytes | (odd >> shift & EvenBytes) << 8;
            }
        }
        (width, height) = (newWidth, newHeight);
        return target;
    }

    private static int[] TapsOf(int side) => side == 1 ? [1] : side % 2 == 0 ? [1, 1] : [1, 2, 1];

    private static int[] NearestPlaces(int from, int to)
    {
        const double One = 1L << 32;
        // Where a target pixel's centre falls between two pixels, the first is taken, also if rounding moved it a little.
        const long Bias = 1L << 16;
        var step = 1 / ((float)to / from);
        var places = new int[to];
        for (var i = 0; i < to; i++)
            places[i] = (int)Math.Clamp((long)(0.5f * step * One) - Bias + i * (long)(step * One) >> 32, 0, from - 1);
        return places;
    }
}
