using System.Numerics;
using System.Runtime.InteropServices;

namespace Tlb.Core;

/// <summary>What the network sees of an image, computed plainly: what every engine is held against, and what can be looked at.</summary>
internal static class AugmentedImage
{
    /// <summary>Carries out the augmentation of an image of a batch, or only resizes it where the batch is not augmented.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="index">The image's place in it.</param>
    /// <param name="size">S, the network's image size.</param>
    /// <param name="target">Receives the network's input, [S, S, 3].</param>
    public static void Render(ImageBatch batch, int index, int size, Span<float> target)
    {
        Check(batch, index, size, target);
        if (!batch.IsAugmented)
        {
            Resize(batch, index, size, target);
            return;
        }
        var augmentation = batch.Augmentations[index];
        RenderAlone(batch, index, augmentation, size, target);
        if (augmentation.Partner == index)
            return;
        var partner = new float[target.Length];
        RenderAlone(batch, augmentation.Partner, batch.Augmentations[augmentation.Partner], size, partner);
        for (var y = 0; y < size; y++)
            for (var x = 0; x < size; x++)
                for (var c = 0; c < TlbConfig.Channels; c++)
                {
                    var i = (y * size + x) * TlbConfig.Channels + c;
                    if (augmentation.FromPartner.IsEmpty)
                        target[i] = augmentation.Share * target[i] + (1 - augmentation.Share) * partner[i];
                    else if (augmentation.FromPartner.Contains(x, y))
                        target[i] = partner[i];
                }
    }

    /// <summary>Only resizes an image of a batch, augmented or not: what the network sees of it outside of training.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="index">The image's place in it.</param>
    /// <param name="size">S, the network's image size.</param>
    /// <param name="target">Receives the network's input, [S, S, 3].</param>
    public static void Resize(ImageBatch batch, int index, int size, Span<float> target)
    {
        Check(batch, index, size, target);
        RenderAlone(batch, index, ImageAugmentation.None(batch.Layout, size, index), size, target);
    }

    private static void Check(ImageBatch batch, int index, int size, ReadOnlySpan<float> target)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)batch.Count, nameof(index));
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        if (target.Length != size * size * TlbConfig.Channels)
            throw new ArgumentException($"Room for {target.Length} values; expected {size} x {size} x {TlbConfig.Channels}.", nameof(target));
    }

    /// <summary>Sampling, colours, erasing.</summary>
    private static void RenderAlone(ImageBatch batch, int index, in ImageAugmentation augmentation, int size, Span<float> target)
    {
        var image = batch.Pixels.Slice(index * batch.Layout.ByteCount, batch.Layout.ByteCount);
        for (var y = 0; y < size; y++)
            for (var x = 0; x < size; x++)
            {
                var color = Sample(image, batch.Layout, augmentation, x + 0.5f, y + 0.5f);
                if (augmentation.Color != ColorChange.None)
                    color = augmentation.Color.Apply(color);
                if (augmentation.Erased.Contains(x, y))
                    color = new(augmentation.EraseColor);
                color.CopyTo(target.Slice((y * size + x) * TlbConfig.Channels, TlbConfig.Channels));
            }
    }

    private static Vector3 Sample(ReadOnlySpan<byte> image, ImageLayout layout, in ImageAugmentation augmentation, float x, float y)
    {
        var map = augmentation.Sampling;
        var (left, right, toRight) = Neighbours(map.Xx * x + (map.Xy * y + map.X0), layout.Width, augmentation.ReflectEdges);
        var (top, bottom, down) = Neighbours(map.Yx * x + (map.Yy * y + map.Y0), layout.Height, augmentation.ReflectEdges);
        var upper = Between(Pixel(image, layout, left, top), Pixel(image, layout, right, top), toRight);
        var lower = Between(Pixel(image, layout, left, bottom), Pixel(image, layout, right, bottom), toRight);
        return Between(upper, lower, down);

        static Vector3 Between(Vector3 first, Vector3 second, float share) => first + (second - first) * share;
    }

    /// <summary>The two pixels that a position lies between, and the second's share.</summary>
    private static (int First, int Second, float Share) Neighbours(float position, int size, bool reflect)
    {
        if (reflect)
        {
            position = Math.Abs(position) % (2 * size);                      // the image and its mirror image, again and again
            position = Math.Min(position, 2 * size - position);
        }
        var at = Math.Clamp(position - 0.5f, 0, size - 1);
        var first = (int)at;
        return (first, Math.Min(first + 1, size - 1), at - first);
    }

    private static Vector3 Pixel(ReadOnlySpan<byte> image, ImageLayout layout, int x, int y)
    {
        var first = (y * layout.Width + x) * TlbConfig.Channels;
        var color = layout.PixelType == PixelType.Byte
            ? new Vector3(image[first], image[first + 1], image[first + 2])
            : new Vector3(MemoryMarshal.Cast<byte, float>(image).Slice(first, TlbConfig.Channels));
        return (color - new Vector3(layout.Offset)) * layout.Scale;
    }
}
