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
        var image = _image!;
        var pixels = image.Pixels;
        var (red, blue) = image.PixelFormat == MLPixelFormat.Rgba32 ? (0, 2) : (2, 0);
        if (type == PixelType.Byte)
            for (var to = 0; pixels.Length > 0; pixels = pixels[BytesPerPixel..], to += TlbConfig.Channels)
                (destination[to], destination[to + 1], destination[to + 2]) = (pixels[red], pixels[1], pixels[blue]);
        else
        {
            var values = MemoryMarshal.Cast<byte, float>(destination);
            for (var to = 0; pixels.Length > 0; pixels = pixels[BytesPerPixel..], to += TlbConfig.Channels)
                (values[to], values[to + 1], values[to + 2]) = (pixels[red], pixels[1], pixels[blue]);
        }
    }
}
