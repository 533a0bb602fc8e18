using System.Runtime.InteropServices;
using Microsoft.ML.Runtime;

namespace Tlb.ML;

/// <summary>Reads the images and labels of training data through its cursor, once, into memory; images are decoded on all cores.</summary>
internal sealed class TrainingImages
{
    private const int MostRows = 64;

    private readonly TlbTrainer.Options _options;
    private readonly IChannel _channel;
    private readonly ImageLayout? _expected;
    private ImageSet? _images;
    private float _maximum;
    private long _missingLabels;
    private long _badImages;

    private TrainingImages(TlbTrainer.Options options, IChannel channel, ImageLayout? expected) => (_options, _channel, _expected) = (options, channel, expected);

    /// <summary>Reads a set of images.</summary>
    /// <param name="data">The data.</param>
    /// <param name="options">The columns, and what to do with images that can't be read.</param>
    /// <param name="channel">Receives warnings.</param>
    /// <param name="expected">The layout the images must have; null to take that of the first image.</param>
    /// <exception cref="InvalidDataException">There are no images, an image can't be read, or the images are of several sizes.</exception>
    public static ImageSet Read(IDataView data, TlbTrainer.Options options, IChannel channel, ImageLayout? expected = null)
    {
        var reader = new TrainingImages(options, channel, expected);
        reader.ReadAll(data);
        return reader.Finish();
    }

    private void ReadAll(IDataView data)
    {
        var feature = FeatureColumn.Check(data.Schema, _options.FeatureColumnName);
        var (label, numberOfClasses) = LabelReader.Check(data.Schema, _options.LabelColumnName);
        var chain = new RowChain(data);
        List<DataViewSchema.Column> columns = [.. RowNames.TextColumns(data.Schema).Append(feature).Append(label).DistinctBy(column => column.Index)];
        using var reader = new ParallelRowReader<LabelledImages>(
            chain, chain.Root.GetRowCursor(chain.RootColumns(columns)), columns, [], (row, root) => new(row, root, feature, label, numberOfClasses));
        var rows = reader.CreateBuffer(MostRows);
        var images = Enumerable.Range(0, MostRows).Select(_ => new LabelledImage()).ToArray();
        Exception? end;
        do
        {
            end = reader.Read(rows, MostRows);
            reader.ForEach(rows, 0, (worker, row) => worker.Read(images[row]));
            for (var row = 0; row < rows.Count; row++)
            {
                _options.CancellationToken.ThrowIfCancellationRequested();
                Add(images[row]);
            }
        }
        while (rows.Count > 0 && end is null);
        if (end is not null)
            throw new InvalidDataException($"The data can't be read any further: {end.Message}", end);
    }

    private void Add(LabelledImage image)
    {
        if (image.Label < 0)
            _missingLabels++;
        else if (image.Error is { } error)
            Report(image.Where!, error);
        else
        {
            _images ??= new(_expected ?? new() { Height = image.Height, Width = image.Width });
            var layout = _images.Layout;
            if (image.Height != layout.Height || image.Width != layout.Width)
                throw new InvalidDataException(
                    $"{image.Where}: the image is {image.Width}x{image.Height} pixels, those before it are {layout.Width}x{layout.Height}. " +
                    $"Images of several sizes need a ResizeImages stage before the trainer, such as ResizeImages(\"{_options.FeatureColumnName}\", {_options.Network.ImageSize}, {_options.Network.ImageSize}).");
            if (layout.PixelType == PixelType.Byte && !image.FitsBytes)
                _images = ToSingles(_images);
            _maximum = Math.Max(_maximum, image.Maximum);
            _images.Add(image.Pixels(_images.Layout.PixelType), image.Label);
        }
    }

    private void Report(string where, Exception error)
    {
        if (_options.BadImageCallback is not { } report)
            throw new InvalidDataException($"{where}: the image can't be read: {error.Message} Set BadImageCallback to leave such images out.", error);
        _badImages++;
        report(new(where, error.Message));
    }

    private ImageSet Finish()
    {
        if (_missingLabels > 0)
            _channel.Warning(MessageSensitivity.None, $"{_missingLabels} rows have no label and were left out.");
        if (_badImages > 0)
            _channel.Warning(MessageSensitivity.None, $"{_badImages} images could not be read and were left out.");
        if (_images is null)
            throw new InvalidDataException("The data hold no labelled image that can be read.");
        if (_expected is null && (_images.Layout.PixelType == PixelType.Single || _maximum <= 1))
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
