using System.Runtime.InteropServices;

namespace Tlb.Tests;

/// <summary>Batches with random augmentations of all kinds, wilder than any options draw them.</summary>
internal static class Augmentations
{
    /// <summary>Layouts of all kinds, for a network's image size of 12: bytes and floats, larger, smaller and of that size, not square.</summary>
    public static IReadOnlyDictionary<string, ImageLayout> Layouts { get; } = new Dictionary<string, ImageLayout>
    {
        ["same size"] = new() { Height = 12, Width = 12 },
        ["smaller"] = new() { Height = 5, Width = 9 },
        ["larger"] = new() { Height = 70, Width = 33 },
        ["one pixel"] = new() { Height = 1, Width = 1 },
        ["floats"] = new() { Height = 10, Width = 17, PixelType = PixelType.Single, Scale = 1 },
        ["floats, shifted and scaled"] = new() { Height = 12, Width = 12, PixelType = PixelType.Single, Offset = 0.5f, Scale = 2 },
        ["bytes, shifted and scaled"] = new() { Height = 12, Width = 7, Offset = 127.5f, Scale = 1 / 127.5f },
    };

    /// <summary>A batch of random images without augmentations.</summary>
    public static ImageBatch RandomBatch(ImageLayout layout, int count, int seed, int classes = 2)
    {
        var batch = new ImageBatch(layout, count);
        var random = new Random(seed);
        for (var i = 0; i < count; i++)
        {
            var image = batch.Add(random.Next(classes));
            if (layout.PixelType == PixelType.Byte)
                random.NextBytes(image);
            else
                foreach (ref var value in MemoryMarshal.Cast<byte, float>(image))
                    value = random.NextSingle();
        }
        return batch;
    }

    /// <summary>Augments a batch.</summary>
    public static ImageBatch Wildly(this ImageBatch batch, int size, int seed)
    {
        var random = new Random(seed);
        var augmentations = batch.Augment();
        for (var i = 0; i < augmentations.Length; i++)
        {
            var sampling = ImageAugmentation.None(batch.Layout, size, i).Sampling;
            if (random.Next(3) == 0)
                sampling = sampling.After(new(random.Next(2) * 2 - 1, 0, random.Next(size), 0, random.NextSingle(), random.Next(-size, size)));
            if (random.Next(2) == 0)
                sampling = sampling.After(Affine.Rotation(random.Next(360)).Around(size / 2f, size / 3f)).After(Affine.Scaling(3 * random.NextSingle(), 2));
            var color = random.Next(2) == 0
                ? ColorChange.None
                : ColorChange.Hue(random.NextSingle()).After(ColorChange.Saturation(2 * random.NextSingle()))
                    .After(ColorChange.Contrast(2 * random.NextSingle())).After(ColorChange.Brightness(2 * random.NextSingle()));
            augmentations[i] = new()
            {
                Sampling = sampling,
                ReflectEdges = random.Next(2) == 0,
                Color = color,
                Erased = random.Next(2) == 0 ? default : Box(),
                EraseColor = random.NextSingle(),
                Partner = random.Next(3) == 0 ? i : random.Next(batch.Count),
                Share = random.NextSingle(),
                FromPartner = random.Next(2) == 0 ? default : Box(),
            };
        }
        return batch;

        PixelBox Box() => new(random.Next(-3, size), random.Next(-3, size), random.Next(size + 3), random.Next(size + 3));
    }

    /// <summary>What the network sees of all images, by the plain form: [B, S, S, 3].</summary>
    public static float[] Rendered(this ImageBatch batch, int size)
    {
        var values = size * size * TlbConfig.Channels;
        var images = new float[batch.Count * values];
        for (var i = 0; i < batch.Count; i++)
            AugmentedImage.Render(batch, i, size, images.AsSpan(i * values, values));
        return images;
    }
}
