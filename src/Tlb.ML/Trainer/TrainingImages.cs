using System.Runtime.InteropServices;
using Microsoft.ML.Runtime;

namespace Tlb.ML;

/// <summary>Reads the images and labels of training data through its cursor, once, into memory.</summary>
internal sealed class TrainingImages
{
    private readonly TlbTrainer.Options _options;
    private readonly IChannel _channel;
    private ImageSet? _images;
    private float _maximum;
    private long _missingLabels;
    private long _badImages;

    private TrainingImages(TlbTrainer.Options options, IChannel channel) => (_options, _channel) = (options, channel);

    /// <summary>Reads a set of images.</summary>
    /// <param name="data">The data.</param>
    /// <param name="options">The columns, and what to do with images that can't be read.</param>
    /// <param name="channel">Receives warnings.</param>
    /// <param name="expected">The layout the images must have; null to take that of the first image.</param>
    /// <exception cref="InvalidDataException">There are no images, an image can't be read, or the images are of several sizes.</exception>
    public static ImageSet Read(IDataView data, TlbTrainer.Options options, IChannel channel, ImageLayout? expected = null)
    {
        var reader = new TrainingImages(options, channel);
        reader.ReadAll(data, expected);
        return reader.Finish(expected);
    }

    private void ReadAll(IDataView data, ImageLayout? expected)
    {
        var feature = FeatureColumn.Check(data.Schema, _options.FeatureColumnName);
        var (label, numberOfClasses) = LabelReader.Check(data.Schema, _options.LabelColumnName);
        using var cursor = data.GetRowCursor([feature, label, .. RowNames.TextColumns(data.Schema)]);
        var pixels = PixelReader.Create(cursor, feature);
        var getClass = LabelReader.Create(cursor, label);
        var names = new RowNames(cursor);
        while (cursor.MoveNext())
        {
            _options.CancellationToken.ThrowIfCancellationRequested();
            var @class = getClass();
            if (@class < 0 || @class >= numberOfClasses)
                _missingLabels++;
            else if (TryRead(pixels, names))
                Add(pixels, @class, names, expected);
        }
    }

    /// <summary>Takes up the row's image, or reports that it can't be read.</summary>
    private bool TryRead(PixelReader pixels, RowNames names)
    {
        try
        {
            pixels.Read();
            return true;
        }
        catch (Exception e) when (e is not OperationCanceledException and not OutOfMemoryException)   // a stage before this one may throw anything
        {
            var bad = new BadImage(names.Current(tag: null), e.Message);
            if (_options.BadImageCallback is null)
                throw new InvalidDataException($"{bad.Where}: the image can't be read: {e.Message} Set BadImageCallback to leave such images out.", e);
            _badImages++;
            _options.BadImageCallback(bad);
            return false;
        }
    }

    private void Add(PixelReader pixels, int @class, RowNames names, ImageLayout? expected)
    {
        _images ??= new(expected ?? new() { Height = pixels.Height, Width = pixels.Width });
        var layout = _images.Layout;
        if (pixels.Height != layout.Height || pixels.Width != layout.Width)
            throw new InvalidDataException(
                $"{names.Current(pixels.Tag)}: the image is {pixels.Width}x{pixels.Height} pixels, those before it are {layout.Width}x{layout.Height}. " +
                $"Images of several sizes need a ResizeImages stage before the trainer, such as ResizeImages(\"{_options.FeatureColumnName}\", {_options.Network.ImageSize}, {_options.Network.ImageSize}).");
        if (layout.PixelType == PixelType.Byte && !pixels.FitsBytes)
            _images = ToSingles(_images);
        _maximum = Math.Max(_maximum, pixels.Maximum);

        var bytes = new byte[_images.Layout.ByteCount];
        pixels.CopyTo(bytes, _images.Layout.PixelType);
        _images.Add(bytes, @class);
    }

    private ImageSet Finish(ImageLayout? expected)
    {
        if (_missingLabels > 0)
            _channel.Warning(MessageSensitivity.None, $"{_missingLabels} rows have no label and were left out.");
        if (_badImages > 0)
            _channel.Warning(MessageSensitivity.None, $"{_badImages} images could not be read and were left out.");
        if (_images is null)
            throw new InvalidDataException("The data hold no labelled image that can be read.");
        if (expected is null && (_images.Layout.PixelType == PixelType.Single || _maximum <= 1))
            _images.SetNormalization(offset: 0, scale: 1);                   // not pixel values from 0 to 255: taken as they are
        return _images;
    }

    private static ImageSet ToSingles(ImageSet images)
    {
        var copy = new ImageSet(images.Layout with { PixelType = PixelType.Single });
        var values = new float[copy.Layout.ValueCount];
        for (var i = 0; i < images.Count; i++)
        {
            var bytes = images[i];
            for (var j = 0; j < values.Length; j++)
                values[j] = bytes[j];
            copy.Add(MemoryMarshal.AsBytes(values.AsSpan()), images.Labels[i]);
        }
        return copy;
    }
}
