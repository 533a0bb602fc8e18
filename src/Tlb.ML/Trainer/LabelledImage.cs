using System.Runtime.InteropServices;

namespace Tlb.ML;

/// <summary>An image of the training data, as it was read. Filled again and again.</summary>
internal sealed class LabelledImage
{
    private byte[] _bytes = [];
    private float[] _singles = [];
    private PixelType _type;

    /// <summary>Its class, from 0; below 0 if it has none.</summary>
    public int Label { get; private set; }

    /// <summary>Its weight in the loss, as it stands in the row.</summary>
    public float Weight { get; private set; }

    /// <summary>What names its row.</summary>
    public string Where { get; private set; } = "";

    /// <summary>Why it can't be read; null if it could.</summary>
    public Exception? Error { get; private set; }

    /// <summary>Its height in pixels.</summary>
    public int Height { get; private set; }

    /// <summary>Its width in pixels.</summary>
    public int Width { get; private set; }

    /// <summary>Whether its values are whole numbers from 0 to 255.</summary>
    public bool FitsBytes { get; private set; }

    /// <summary>Its largest value.</summary>
    public float Maximum { get; private set; }

    /// <summary>The row has no label, or no image that can be read.</summary>
    public void Set(int label, string where, Exception? error) => (Label, Where, Error) = (label, where, error);

    /// <summary>Takes the current image of a reader.</summary>
    public void Set(int label, float weight, string where, PixelReader pixels)
    {
        (Label, Weight, Where, Error) = (label, weight, where, null);
        (Height, Width, FitsBytes, Maximum) = (pixels.Height, pixels.Width, pixels.FitsBytes, pixels.Maximum);
        var count = Height * Width * TlbConfig.Channels;
        _type = FitsBytes ? PixelType.Byte : PixelType.Single;
        if (FitsBytes)
            pixels.CopyTo(Sized(ref _bytes, count), PixelType.Byte);
        else
            pixels.CopyTo(MemoryMarshal.AsBytes(Sized(ref _singles, count).AsSpan()), PixelType.Single);
    }

    /// <summary>Its values as bytes of a type: <see cref="PixelType.Byte"/> only if <see cref="FitsBytes"/>.</summary>
    public ReadOnlySpan<byte> Pixels(PixelType type)
    {
        if (type == PixelType.Byte)
            return _bytes;
        if (_type == PixelType.Byte)
        {
            Sized(ref _singles, _bytes.Length);
            for (var i = 0; i < _bytes.Length; i++)
                _singles[i] = _bytes[i];
        }
        return MemoryMarshal.AsBytes(_singles.AsSpan());
    }

    private static T[] Sized<T>(ref T[] array, int count) => array.Length == count ? array : array = new T[count];
}
