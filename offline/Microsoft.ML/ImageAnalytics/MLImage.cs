using System.Buffers;

namespace Microsoft.ML.Data;

/// <summary>An image in memory.</summary>
public sealed class MLImage : IDisposable
{
    // Known to the packages; all but JPEG and PNG fail there as well on encoding, save WebP.
    private static readonly HashSet<string> KnownExtensions = new(StringComparer.OrdinalIgnoreCase)
    {
        ".jpg", ".jpeg", ".png", ".bmp", ".gif", ".ico", ".astc", ".avif", ".dng", ".heif", ".ktx", ".pkm", ".wbmp", ".webp",
    };

    private readonly MLPixelFormat _pixelFormat;
    private DecodedImage _image;
    private string _tag;
    private int _disposed;

    internal MLImage(DecodedImage image, MLPixelFormat pixelFormat)
    {
        _image = image;
        _pixelFormat = pixelFormat;
    }

    public MLPixelFormat PixelFormat
    {
        get
        {
            CheckNotDisposed();
            return _pixelFormat;
        }
    }

    /// <summary>A copy without alpha; colours are as they are, not multiplied by it.</summary>
    public byte[] GetBGRPixels
    {
        get
        {
            var pixels = Pixels;
            var (blue, red) = _pixelFormat == MLPixelFormat.Bgra32 ? (0, 2) : (2, 0);
            var copy = new byte[pixels.Length / DecodedImage.BytesPerPixel * 3];
            for (var (from, to) = (0, 0); to < copy.Length; from += DecodedImage.BytesPerPixel, to += 3)
            {
                copy[to] = Straight(pixels[from + blue], pixels[from + 3]);
                copy[to + 1] = Straight(pixels[from + 1], pixels[from + 3]);
                copy[to + 2] = Straight(pixels[from + red], pixels[from + 3]);
            }
            return copy;

            byte Straight(byte color, byte alpha) => _image.IsOpaque ? color : Premultiplied.ToStraight(color, alpha);
        }
    }

    /// <summary>The memory of the image itself, row by row, four bytes to a pixel; gone when the image is disposed.</summary>
    public ReadOnlySpan<byte> Pixels
    {
        get
        {
            CheckNotDisposed();
            return _image.Pixels;
        }
    }

    public string Tag
    {
        get
        {
            CheckNotDisposed();
            return _tag;
        }
        set
        {
            CheckNotDisposed();
            _tag = value;
        }
    }

    public int Width
    {
        get
        {
            CheckNotDisposed();
            return _image.Width;
        }
    }

    public int Height
    {
        get
        {
            CheckNotDisposed();
            return _image.Height;
        }
    }

    public int BitsPerPixel
    {
        get
        {
            CheckNotDisposed();
            return 8 * DecodedImage.BytesPerPixel;
        }
    }

    /// <summary>The pixels for other code of this assembly.</summary>
    internal DecodedImage Image
    {
        get
        {
            CheckNotDisposed();
            return _image;
        }
    }

    /// <exception cref="ArgumentException">The stream does not hold a whole JPEG or PNG image.</exception>
    public static MLImage CreateFromStream(Stream imageStream)
    {
        ArgumentNullException.ThrowIfNull(imageStream);
        using var copy = new MemoryStream();
        imageStream.CopyTo(copy);
        return CreateFromBytes(copy.GetBuffer().AsSpan(0, (int)copy.Length));
    }

    /// <exception cref="ArgumentException">There is no such file, or it does not hold a whole JPEG or PNG image.</exception>
    public static MLImage CreateFromFile(string imagePath)
    {
        ArgumentNullException.ThrowIfNull(imagePath);
        try
        {
            return ReadFile(imagePath);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ArgumentException($"Invalid path: {exception.Message}", nameof(imagePath), exception);
        }
    }

    public static MLImage CreateFromPixels(int width, int height, MLPixelFormat pixelFormat, ReadOnlySpan<byte> imagePixelData)
    {
        if (pixelFormat is not (MLPixelFormat.Bgra32 or MLPixelFormat.Rgba32))
            throw new ArgumentException("Unsupported pixel format", nameof(pixelFormat));
        if (width <= 0)
            throw new ArgumentException("Invalid width value.", nameof(width));
        if (height <= 0)
            throw new ArgumentException("Invalid height value.", nameof(height));
        if (imagePixelData.Length != (long)width * height * DecodedImage.BytesPerPixel)
            throw new ArgumentException($"Invalid {nameof(imagePixelData)} buffer size.");

        var image = DecodedImage.Rent(width, height, isOpaque: false);
        imagePixelData.CopyTo(image.Pixels);
        return new MLImage(image, pixelFormat);
    }

    /// <summary>Saves in the format that the extension names: .png, .jpg or .jpeg.</summary>
    public void Save(string imagePath)
    {
        CheckNotDisposed();
        var extension = Path.GetExtension(imagePath);
        if (!KnownExtensions.Contains(extension))
            throw new ArgumentException("Path has invalid image file extension.", nameof(imagePath));
        var data = ImageCodec.Encode(_image, _pixelFormat, extension) ?? throw new ArgumentException(
            $"Saving image with the format '{extension}' is not supported. Try save it with `Jpeg` or `Png` format.", nameof(imagePath));
        File.WriteAllBytes(imagePath, data);
    }

    public void Dispose()
    {
        // Once only: a buffer returned twice would be lent to two images.
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        _image.Return();
        _image = default;
    }

    /// <summary>Reads a file as a whole, which keeps it unlocked, and decodes it.</summary>
    internal static MLImage ReadFile(string path)
    {
        using var file = File.OpenHandle(path, options: FileOptions.SequentialScan);
        var length = RandomAccess.GetLength(file);
        if (length > Array.MaxLength)
            throw new IOException("The file is too long: 2GB is currently the limit for reading an image.");
        var buffer = ArrayPool<byte>.Shared.Rent((int)length);
        try
        {
            var size = 0;
            while (size < length && RandomAccess.Read(file, buffer.AsSpan(size, (int)length - size), size) is var count and > 0)
                size += count;
            return CreateFromBytes(buffer.AsSpan(0, size));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static MLImage CreateFromBytes(ReadOnlySpan<byte> data)
    {
        try
        {
            return new MLImage(ImageCodec.Decode(data), MLPixelFormat.Bgra32);
        }
        catch (ImageFormatException exception)
        {
            throw new ArgumentException($"Invalid input stream contents: {exception.Message}", "imageStream", exception);
        }
    }

    private void CheckNotDisposed()
    {
        if (_disposed != 0)
            throw new InvalidOperationException("Object is disposed.");
    }
}
