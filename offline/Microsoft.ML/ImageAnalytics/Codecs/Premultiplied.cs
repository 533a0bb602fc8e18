namespace Microsoft.ML.Data;

/// <summary>Converts between colours as they are and colours multiplied by their alpha, the last byte of each pixel.</summary>
internal static class Premultiplied
{
    public static void FromStraight(Span<byte> pixels)
    {
        for (var i = 0; i < pixels.Length; i += DecodedImage.BytesPerPixel)
        {
            var pixel = pixels.Slice(i, DecodedImage.BytesPerPixel);
            if (pixel[3] == byte.MaxValue)
                continue;
            for (var channel = 0; channel < 3; channel++)
                pixel[channel] = DivideBy255(pixel[channel] * pixel[3]);
        }
    }

    public static void ToStraight(Span<byte> pixels)
    {
        for (var i = 0; i < pixels.Length; i += DecodedImage.BytesPerPixel)
        {
            var pixel = pixels.Slice(i, DecodedImage.BytesPerPixel);
            if (pixel[3] == byte.MaxValue)
                continue;
            for (var channel = 0; channel < 3; channel++)
                pixel[channel] = ToStraight(pixel[channel], pixel[3]);
        }
    }

    public static byte ToStraight(byte color, byte alpha) =>
        alpha == 0 ? (byte)0 : (byte)Math.Min((color * 255 + alpha / 2) / alpha, byte.MaxValue);

    /// <summary>Rounded, for products of two bytes.</summary>
    private static byte DivideBy255(int product)
    {
        product += 128;
        return (byte)(product + (product >> 8) >> 8);
    }
}
