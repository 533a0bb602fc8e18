using System.Runtime.InteropServices;
using static Microsoft.ML.Transforms.Image.ImageResizingEstimator;

namespace Microsoft.ML.Data;

/// <summary>Where and how a resized image is drawn.</summary>
internal static class ImageResizer
{
    public static MLImage Resize(MLImage image, int width, int height, ResizingKind kind, Anchor anchor) => kind switch
    {
        ResizingKind.Fill => Stretch(image, width, height),
        ResizingKind.IsoPad => Draw(image, width, height, crop: false, Anchor.Center),
        _ => Draw(image, width, height, crop: true, anchor),
    };

    private static MLImage Stretch(MLImage image, int width, int height)
    {
        var source = image.Image;
        var target = DecodedImage.Rent(width, height, source.IsOpaque);
        ImageResampler.Nearest(AsPixels(source), source.Width, source.Height, AsPixels(target), width, height);
        return new MLImage(target, image.PixelFormat);
    }

    /// <summary>Draws the image with its aspect ratio kept onto black, filling the whole area or fitting into it.</summary>
    private static MLImage Draw(MLImage image, int width, int height, bool crop, Anchor anchor)
    {
        var source = image.Image;
        var (widthRatio, heightRatio) = ((float)width / source.Width, (float)height / source.Height);
        var ratio = crop == heightRatio < widthRatio ? widthRatio : heightRatio;
        var area = new DrawArea(
            ratio == widthRatio ? 0 : Offset(width, source.Width * ratio, anchor, Anchor.Left, Anchor.Right),
            ratio == heightRatio ? 0 : Offset(height, source.Height * ratio, anchor, Anchor.Top, Anchor.Bottom),
            (int)(source.Width * ratio), (int)(source.Height * ratio));

        var target = DecodedImage.Rent(width, height, isOpaque: true);
        target.Pixels.Clear();
        ImageResampler.Smooth(AsPixels(source), source.Width, source.Height, AsPixels(target), width, height, area);
        if (image.PixelFormat == MLPixelFormat.Rgba32)
            SwapRedAndBlue(target.Pixels);
        return new MLImage(target, MLPixelFormat.Bgra32);
    }

    private static int Offset(int available, float needed, Anchor anchor, Anchor start, Anchor end) =>
        anchor == start ? 0 : anchor == end ? (int)(available - needed) : (int)((available - needed) / 2);

    private static Span<uint> AsPixels(DecodedImage image) => MemoryMarshal.Cast<byte, uint>(image.Pixels);

    private static void SwapRedAndBlue(Span<byte> pixels)
    {
        for (var i = 0; i < pixels.Length; i += DecodedImage.BytesPerPixel)
            (pixels[i], pixels[i + 2]) = (pixels[i + 2], pixels[i]);
    }
}

/// <summary>The part of the target that the whole source is drawn to; it may reach beyond the target.</summary>
internal readonly record struct DrawArea(int Left, int Top, int Width, int Height);
