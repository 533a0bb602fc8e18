using System.Globalization;
using Microsoft.ML.Data;

namespace Tlb.Examples.Demo;

/// <summary>Draws pictures into files: half of them JPEG, half PNG.</summary>
internal static class PictureFolder
{
    public static int Draw(string folder, int count, int size, int seed)
    {
        foreach (var (index, (name, shape)) in Shapes.All.Index())
        {
            var place = Directory.CreateDirectory(Path.Combine(folder, name)).FullName;
            Parallel.For(0, count, i =>
            {
                var pixels = new Picture(new Random(HashCode(seed, index, i)), size).Draw(shape);
                using var image = MLImage.CreateFromPixels(size, size, MLPixelFormat.Rgba32, pixels);
                image.Save(Path.Combine(place, i.ToString("D4", CultureInfo.InvariantCulture) + (i % 2 == 0 ? ".jpg" : ".png")));
            });
        }
        return count * Shapes.All.Count;
    }

    /// <summary>A seed for each picture, so that the order of drawing doesn't matter.</summary>
    private static int HashCode(int seed, int shape, int picture) => unchecked((seed * 31 + shape) * 1_000_003 + picture);
}
