using System.Globalization;
using System.Runtime.InteropServices;

namespace Tlb.ML;

/// <summary>What a network made of an image, and what it attended to in it. <see cref="TlbTransformer.Explain(MLImage)"/> gives it.</summary>
public sealed class ImageExplanation
{
    private readonly int _height;
    private readonly int _width;
    private readonly byte[] _pixels;                                         // [H, W, 3]

    internal ImageExplanation(TlbModelParameters model, ImageBatch image, float[] score, ReadOnlySpan<float> attention, float[] stateAttention)
    {
        (_height, _width, _pixels) = (image.Layout.Height, image.Layout.Width, ToBytes(image));
        (Score, Attention) = (score, new(model.Network, attention));
        StateAttention = [.. stateAttention.Chunk(attention.Length).Select(values => new AttentionMap(model.Network, values))];
        var key = RowScores.PredictedLabel(score);
        PredictedLabel = key == 0 ? "" : model.Labels is { } labels ? labels.Names[(int)key - 1] : key.ToString(CultureInfo.InvariantCulture);
        Probability = key == 0 ? float.NaN : score[key - 1];
    }

    /// <summary>The probability of each class, in the order of <see cref="TlbModelParameters.ClassNames"/>.</summary>
    public IReadOnlyList<float> Score { get; }

    /// <summary>
    /// The most probable class: its name, or its key, from 1, where the label column named none. Empty where the scores are NaN,
    /// as they are for pixels far outside any range.
    /// </summary>
    public string PredictedLabel { get; }

    /// <summary>The probability of <see cref="PredictedLabel"/>.</summary>
    public float Probability { get; }

    /// <summary>What the slow stream attended to: <see cref="AttentionMap.Values"/> for each token, <see cref="AttentionMap.Resize"/> for each pixel.</summary>
    public AttentionMap Attention { get; }

    /// <summary>
    /// What each state vector of the slow stream attended to: a map for each of the <see cref="TlbConfig.NumberOfStates"/> of the paper's form,
    /// in their order. Those of the Keras example's form are all equal: there is one map, the same as <see cref="Attention"/>.
    /// </summary>
    /// <remarks>
    /// The mean over the heads, 0 to 1; of a state vector the values of a chunk's tokens add up to 1. <see cref="Attention"/> is at each
    /// token the largest of these maps or, with several heads, more: it takes the largest of each head.
    /// </remarks>
    public IReadOnlyList<AttentionMap> StateAttention { get; }

    /// <summary>Makes a picture of the image as the network was given it.</summary>
    /// <returns>The picture, the caller's to dispose. <see cref="MLImage.Save"/> writes it, as PNG for a path that ends in .png.</returns>
    public MLImage CreatePicture() => Paint((_, pixel) => (pixel[0], pixel[1], pixel[2]));

    /// <summary>Makes a picture of the image with the attention over it, in the colours "inferno": black where it is least in this image, light yellow where it is most.</summary>
    /// <param name="opacity">How much of the picture the colours cover, 0 to 1. Default 0.6, as in the Keras example.</param>
    /// <returns>The picture, the caller's to dispose.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="opacity"/> is not from 0 to 1.</exception>
    public MLImage CreateOverlay(float opacity = 0.6f)
    {
        if (!(opacity is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(opacity), opacity, "Expected an opacity from 0 to 1.");
        var map = Attention.Resize(_height, _width);
        var (least, most) = (map.Min(), map.Max());
        var scale = most > least ? 1 / (most - least) : 0;
        return Paint((i, pixel) =>
        {
            var (red, green, blue) = Inferno.Color((map[i] - least) * scale);
            return (float.Lerp(pixel[0], red, opacity), float.Lerp(pixel[1], green, opacity), float.Lerp(pixel[2], blue, opacity));
        });
    }

    private MLImage Paint(Func<int, ReadOnlySpan<byte>, (float Red, float Green, float Blue)> color)
    {
        var painted = new byte[_pixels.Length];                              // [H, W, 3]
        for (var i = 0; i < painted.Length; i += TlbConfig.Channels)
        {
            var (red, green, blue) = color(i / TlbConfig.Channels, _pixels.AsSpan(i, TlbConfig.Channels));
            (painted[i], painted[i + 1], painted[i + 2]) = (ToByte(red), ToByte(green), ToByte(blue));
        }
        return MLImagePixels.ToImage(painted, _height, _width);
    }

    /// <summary>The pixels of the batch's one image; 0 to 1, as the network reads it, becomes 0 to 255.</summary>
    private static byte[] ToBytes(ImageBatch image)
    {
        var layout = image.Layout;
        return layout.PixelType == PixelType.Byte
            ? [.. image.Pixels.ToArray().Select(value => Scaled(value))]
            : [.. MemoryMarshal.Cast<byte, float>(image.Pixels).ToArray().Select(Scaled)];

        byte Scaled(float value) => ToByte((value - layout.Offset) * layout.Scale * byte.MaxValue);
    }

    private static byte ToByte(float value) => (byte)MathF.Round(Math.Clamp(value, 0, byte.MaxValue));
}
