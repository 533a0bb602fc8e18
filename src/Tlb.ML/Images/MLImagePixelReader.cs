using System.Runtime.InteropServices;

namespace Tlb.ML;

/// <summary>Reads a column of <see cref="MLImage"/>. Transparency is left out.</summary>
internal sealed class MLImagePixelReader(DataViewRow row, DataViewSchema.Column column) : PixelReader
{
    private const int BytesPerPixel = 4;

    private readonly ValueGetter<MLImage> _getter = row.GetGetter<MLImage>(column);
    private MLImage? _image;                                                 // belongs to whoever made it: never disposed here

    public override bool FitsBytes => true;

    public override float Maximum => byte.MaxValue;

    public override string? Tag => _image?.Tag;

    public override void Read()
    {
        _getter(ref _image!);
        if (_image is null)
            throw new InvalidDataException("there is no image.");
        (Height, Width) = (_image.Height, _image.Width);
        if (Height < 1 || Width < 1)
            throw new InvalidDataException($"the image is {Width}x{Height} pixels.");
        if (_image.PixelFormat is not (MLPixelFormat.Rgba32 or MLPixelFormat.Bgra32))
            throw new InvalidDataException($"the image's pixel format is {_image.PixelFormat}; expected {MLPixelFormat.Rgba32} or {MLPixelFormat.Bgra32}.");
    }

    public override void CopyTo(Span<byte> destination, PixelType type)
    {
        if (type == PixelType.Byte)
            Copy<byte>(destination, value => value);
        else
            Copy(MemoryMarshal.Cast<byte, float>(destination), value => (float)value);
    }

    private void Copy<T>(Span<T> destination, Func<byte, T> convert)
    {
        var image = _image!;
        var pixels = image.Pixels;
        var (red, blue) = image.PixelFormat == MLPixelFormat.Rgba32 ? (0, 2) : (2, 0);
        for (int from = 0, to = 0; from < pixels.Length; from += BytesPerPixel, to += TlbConfig.Channels)
        {
            destination[to] = convert(pixels[from + red]);
            destination[to + 1] = convert(pixels[from + 1]);
            destination[to + 2] = convert(pixels[from + blue]);
        }
    }
}
