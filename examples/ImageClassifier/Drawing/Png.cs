using System.Runtime.InteropServices;
using Microsoft.ML.Data;
using SkiaSharp;

namespace Tlb.Examples.ImageClassifier;

/// <summary>Pictures in PNG.</summary>
internal static class Png
{
    private const int Best = 100;

    /// <summary>The bytes of a file with a picture.</summary>
    public static byte[] Encode(MLImage picture)
    {
        using var pixels = new SKBitmap(new SKImageInfo(picture.Width, picture.Height, picture.PixelFormat == MLPixelFormat.Bgra32 ? SKColorType.Bgra8888 : SKColorType.Rgba8888, SKAlphaType.Unpremul));
        Marshal.Copy(picture.Pixels.ToArray(), 0, pixels.GetPixels(), picture.Pixels.Length);
        return Encode(pixels);
    }

    /// <summary>The bytes of a file with pixels.</summary>
    public static byte[] Encode(SKBitmap pixels)
    {
        using var data = pixels.Encode(SKEncodedImageFormat.Png, Best);
        return data.ToArray();
    }
}
