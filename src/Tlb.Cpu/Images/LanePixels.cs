using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Tlb.Cpu;

/// <summary>Samples rows of pixels from single images, from anywhere between their pixels (bilinear).</summary>
internal sealed unsafe class LanePixels : IDisposable
{
    private const int Corners = 4;

    private readonly int _size;
    private readonly int _stride;
    private readonly int[] _corners;                                         // [4][stride]: the pixels around each position, upper two first
    private readonly AlignedFloats _shares;                                  // [2][stride]: of the right and of the lower ones

    /// <summary>Prepares for a size.</summary>
    /// <param name="size">S, the pixels of a row of the network's image.</param>
    public LanePixels(int size)
    {
        _size = size;
        _stride = (size + Vector128<float>.Count - 1) / Vector128<float>.Count * Vector128<float>.Count;
        _corners = new int[Corners * _stride];
        _shares = new(2 * _stride);
    }

    /// <summary>Samples a row of the network's image.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="index">The image's place in it.</param>
    /// <param name="y">The row.</param>
    /// <param name="target">Receives it: [S, 3], with a distance from each value to the next.</param>
    /// <param name="distance">That distance, in floats.</param>
    public void SampleRow(ImageBatch batch, int index, int y, float* target, int distance)
    {
        var layout = batch.Layout;
        Locate(layout, batch.Augmentations[index], y + 0.5f);
        fixed (byte* image = batch.Pixels.Slice(index * layout.ByteCount, layout.ByteCount))
            if (layout.PixelType == PixelType.Byte)
                Sample(new BytePixels(image), layout, target, distance);
            else
                Sample(new SinglePixels((float*)image), layout, target, distance);
    }

    public void Dispose() => _shares.Dispose();

    /// <summary>Finds the pixels that each of a row's pixels lies between.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Locate(ImageLayout layout, in ImageAugmentation augmentation, float y)
    {
        var (map, reflect, width, height) = (augmentation.Sampling, augmentation.ReflectEdges, layout.Width, layout.Height);
        // Not multiplied and added in one: every engine rounds positions alike.
        Vector128<float> startX = Vector128.Create(map.Xy * y + map.X0), startY = Vector128.Create(map.Yy * y + map.Y0);
        Vector128<float> x = Vector128<float>.Indices + Vector128.Create(0.5f), step = Vector128.Create((float)Vector128<float>.Count);
        fixed (int* corners = _corners)
            for (var i = 0; i < _size; i += Vector128<float>.Count, x += step)
            {
                Vector128<float> atX = x * map.Xx + startX, atY = x * map.Yx + startY;
                if (reflect)
                    (atX, atY) = (Reflect(atX, width), Reflect(atY, height));
                var (left, right) = Neighbours(atX, width, _shares.Pointer + i);
                var (top, bottom) = Neighbours(atY, height, _shares.Pointer + _stride + i);
                (top, bottom) = (top * width, bottom * width);
                (top + left).Store(corners + i);
                (top + right).Store(corners + _stride + i);
                (bottom + left).Store(corners + 2 * _stride + i);
                (bottom + right).Store(corners + 3 * _stride + i);
            }
    }

    /// <summary>Where the image's mirror images show what is at positions beyond the image's edges.</summary>
    private static Vector128<float> Reflect(Vector128<float> position, float size)
    {
        position = Vector128.Abs(position);
        var period = 2 * size;                                               // the image and its mirror image, again and again
        if (Vector128.GreaterThanAny(position, Vector128.Create(period)))
            position = Vector128.Create(position[0] % period, position[1] % period, position[2] % period, position[3] % period);
        return Vector128.Min(position, Vector128.Create(period) - position);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector128<int> First, Vector128<int> Second) Neighbours(Vector128<float> position, int size, float* shares)
    {
        var at = Vector128.Min(Vector128.Max(position - Vector128.Create(0.5f), Vector128<float>.Zero), Vector128.Create(size - 1f));
        var first = Vector128.ConvertToInt32(at);
        (at - Vector128.ConvertToSingle(first)).Store(shares);
        return (first, Vector128.Min(first + Vector128<int>.One, Vector128.Create(size - 1)));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Sample<TPixels>(TPixels pixels, ImageLayout layout, float* target, int distance) where TPixels : struct, IPixels
    {
        Vector128<float> offset = Vector128.Create(layout.Offset), scale = Vector128.Create(layout.Scale);
        float* toRight = _shares.Pointer, down = toRight + _stride;
        fixed (int* corners = _corners)
            for (var i = 0; i < _size; i++, target += TlbConfig.Channels * distance)
            {
                Vector128<float> a = (pixels.At(corners[i]) - offset) * scale, b = (pixels.At(corners[_stride + i]) - offset) * scale;
                Vector128<float> c = (pixels.At(corners[2 * _stride + i]) - offset) * scale, d = (pixels.At(corners[3 * _stride + i]) - offset) * scale;
                var share = Vector128.Create(toRight[i]);
                var top = Vector128.MultiplyAddEstimate(b - a, share, a);
                var bottom = Vector128.MultiplyAddEstimate(d - c, share, c);
                var color = Vector128.MultiplyAddEstimate(bottom - top, Vector128.Create(down[i]), top);
                target[0] = color[0];
                target[distance] = color[1];
                target[2 * distance] = color[2];
            }
    }

    /// <summary>The pixels of an image.</summary>
    private interface IPixels
    {
        /// <summary>Red, green and blue of a pixel, and a number.</summary>
        Vector128<float> At(int pixel);
    }

    private readonly struct BytePixels(byte* image) : IPixels
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector128<float> At(int pixel)
        {
            var at = image + pixel * TlbConfig.Channels;
            var bytes = Vector128.CreateScalarUnsafe(*(ushort*)at | (uint)at[2] << 16).AsByte();
            return Vector128.ConvertToSingle(Vector128.WidenLower(Vector128.WidenLower(bytes)).AsInt32());
        }
    }

    private readonly struct SinglePixels(float* image) : IPixels
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector128<float> At(int pixel)
        {
            var at = image + pixel * TlbConfig.Channels;
            return Vector128.Create(at[0], at[1], at[2], 0);
        }
    }
}
