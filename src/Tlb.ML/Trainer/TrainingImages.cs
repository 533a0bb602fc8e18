using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.ML.Runtime;

namespace Tlb.ML;

/// <summary>
/// Reads the labels, weights and images of training data through its cursor; images are decoded on all cores. They are kept in memory
/// as long as they fit the budget.
/// </summary>
internal sealed class TrainingImages
{
    private readonly TrainingData _data;
    private readonly TlbTrainer.Options _options;
    private readonly IChannel _channel;
    private readonly CancellationToken _whileTraining;
    private readonly ImageLayout? _expected;
    private readonly long _budget;
    private readonly List<(RowBuffer Buffer, int Row)> _rows = [];           // of the images, where all rows are kept
    private readonly List<DataViewRowId> _ids = [];                          // of the images, where rows are not kept
    private List<int> _labels = [];                                          // and weights: of images that are not in memory
    private List<float> _weights = [];
    private ImageLayout? _layout;
    private ImageSet? _inMemory;
    private bool _isOverBudget;
    private float _maximum;
    private bool _hasWeight;
    private long _missingLabels;
    private long _badImages;

    private TrainingImages(IDataView view, TlbTrainer.Options options, IChannel channel, IImageSource? training, CancellationToken whileTraining)
    {
        (_options, _channel, _whileTraining, _expected) = (options, channel, whileTraining, training?.Layout);
        _data = new(view, options, readWeights: training is null);
        _budget = options.MemoryBudget - (training is null ? 0 : BytesHeld(training));
    }

    private int Count => _inMemory?.Count ?? _labels.Count;

    /// <summary>Reads a set of images.</summary>
    /// <param name="data">The data.</param>
    /// <param name="options">The columns, the budget, and what to do with images that can't be read.</param>
    /// <param name="channel">Receives warnings.</param>
    /// <param name="training">
    /// Null for the images to train on. For a validation set those: its images must be of the same layout, have no weights, and get what
    /// is left of the budget.
    /// </param>
    /// <param name="whileTraining">Stops the decoding of images that are decoded anew each time. (The options' token stops the first reading.)</param>
    /// <returns>The images: in memory, or decoded anew each time they are gone through.</returns>
    /// <exception cref="InvalidDataException">There are no images, an image can't be read, a weight is no number of 0 or more, or the images are of several sizes.</exception>
    public static IImageSource Read(IDataView data, TlbTrainer.Options options, IChannel channel, IImageSource? training, CancellationToken whileTraining)
    {
        var images = new TrainingImages(data, options, channel, training, whileTraining);
        images.ReadAll();
        return images.Finish();
    }

    /// <summary>Divides images in those to train on and those to validate on, the same share of each class.</summary>
    /// <exception cref="InvalidDataException">There are too few images to hold out any.</exception>
    public static (IImageSource Training, IImageSource Validation) HoldOut(IImageSource images, double fraction, int seed)
    {
        var (training, validation) = StratifiedSplit.Split(images.Labels, fraction, seed);
        if (validation.Length == 0)
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture,
                $"ValidationFraction {fraction} holds out none of {images.Count} images: it needs a class of {Math.Max(2, Math.Ceiling(0.5 / fraction))} images or more. Give more images, a larger fraction or a ValidationSet."));
        return (Subset(images, training), Subset(images, validation));
    }

    private static IImageSource Subset(IImageSource images, int[] indexes) =>
        images is StreamedImages streamed ? streamed.Subset(indexes) : new ImageSubset((ImageSet)images, indexes);

    private static long BytesHeld(IImageSource images) => images is StreamedImages streamed ? streamed.BufferBytes : (long)images.Count * images.Layout.ByteCount;

    private void ReadAll()
    {
        var images = Enumerable.Range(0, TrainingData.MostRows).Select(_ => new LabelledImage()).ToArray();
        using var reader = _data.Open();
        var rows = reader.CreateBuffer(images.Length);
        Exception? end;
        do
        {
            var most = _layout is null ? Math.Min(Cores.Count, images.Length) : TrainingData.RowsAtATime(_layout);
            if (_data.HasSmallRows)
                rows = _data.CreateBuffer(most);                             // the last one is kept
            end = reader.Read(rows, most, _options.CancellationToken);
            reader.ForEach(rows, 0, (worker, row) => worker.Read(images[row]), _options.CancellationToken);
            _options.CancellationToken.ThrowIfCancellationRequested();
            for (var row = 0; row < rows.Count; row++)
                if (Add(images[row]))
                    Remember(rows, row);
        }
        while (rows.Count > 0 && end is null);
        if (end is not null)
            throw new InvalidDataException($"The data can't be read any further: {end.Message}", end);
    }

    /// <summary>Where to find the image again. The rows of images in memory are remembered too: the next image may be one too many.</summary>
    private void Remember(RowBuffer rows, int row)
    {
        if (_data.HasSmallRows)
            _rows.Add((rows, row));
        else
            _ids.Add(rows.Id(row));
    }

    /// <summary>Takes an image.</summary>
    /// <returns>Whether it is one to train on.</returns>
    private bool Add(LabelledImage image)
    {
        if (image.Label < 0)
            _missingLabels++;
        else if (image.Error is { } error)
            Report(image.Where, error);
        else
        {
            if (image.Weight is not (>= 0 and <= TrainingOptions.MostWeight))
                throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{image.Where}: the example weight is {image.Weight}; expected 0 to {TrainingOptions.MostWeight}."));
            _hasWeight |= image.Weight > 0;
            CheckLayout(image);
            MakeRoom();
            _inMemory?.Add(image.Pixels(_layout!.PixelType), image.Label, image.Weight);
            if (_isOverBudget)
            {
                _labels.Add(image.Label);
                _weights.Add(image.Weight);
            }
            return true;
        }
        return false;
    }

    private void CheckLayout(LabelledImage image)
    {
        _layout ??= _expected ?? new() { Height = image.Height, Width = image.Width, Background = _options.Background };
        if (image.Height != _layout.Height || image.Width != _layout.Width)
        {
            var size = (_options.Network ?? TlbConfig.ForImages(_layout.Height, _layout.Width)).ImageSize;
            throw new InvalidDataException(
                $"{image.Where}: the image is {image.Width}x{image.Height} pixels, those before it are {_layout.Width}x{_layout.Height}. " +
                $"Images of several sizes need a ResizeImages stage before the trainer, such as ResizeImages(\"{_options.FeatureColumnName}\", {size}, {size}).");
        }
        if (!image.FitsBytes)
            _layout = _layout with { PixelType = PixelType.Single };
        _maximum = Math.Max(_maximum, image.Maximum);
    }

    /// <summary>Sees to it that one more image fits the memory, or lets all pixels go.</summary>
    private void MakeRoom()
    {
        if (_isOverBudget)
            return;
        if ((Count + 1L) * _layout!.ByteCount > _budget)
        {
            _isOverBudget = true;
            (_labels, _weights) = ([.. _inMemory?.Labels ?? []], [.. _inMemory?.Weights ?? []]);
            _inMemory = null;
        }
        else if (_inMemory is null)
            _inMemory = new(_layout);
        else if (_inMemory.Layout.PixelType != _layout.PixelType)
            _inMemory = ToSingles(_inMemory);
    }

    private void Report(string where, Exception error)
    {
        if (_options.BadImageCallback is not { } report)
            throw new InvalidDataException($"{where}: {UnreadableImage.Problem(error)} Set BadImageCallback to leave such images out.", error);
        _badImages++;
        report(new(where, UnreadableImage.Problem(error)));
    }

    private IImageSource Finish()
    {
        if (_missingLabels > 0)
            _channel.Warning(MessageSensitivity.None, $"{_missingLabels} rows have no label and were left out.");
        if (_badImages > 0)
            _channel.Warning(MessageSensitivity.None, $"{_badImages} images could not be read and were left out.");
        if (_layout is null)
            throw new InvalidDataException("The data hold no labelled image that can be read.");
        if (!_hasWeight)
            throw new InvalidDataException($"All {Count} images have example weight 0; a classifier learns from images of weights above 0 only.");
        if (_expected is null && (_layout.PixelType == PixelType.Single || _maximum <= 1))
            _layout = _layout with { Offset = 0, Scale = 1 };                // not pixel values from 0 to 255: taken as they are
        if (_inMemory is null)
            return Stream(_layout);
        _inMemory.SetNormalization(_layout.Offset, _layout.Scale);
        return _inMemory;
    }

    private StreamedImages Stream(ImageLayout layout)
    {
        var images = new StreamedImages.Properties(_data, layout, [.. _labels], [.. _weights], _whileTraining);
        StreamedImages streamed = _data.HasSmallRows ? new KeptRowImages(images, [.. _rows]) : new CursorImages(images, _ids, Math.Max(0, _budget) / 2);
        _channel.Info(MessageSensitivity.None, string.Create(CultureInfo.InvariantCulture,
            $"{Count:N0} images of {layout.ByteCount:N0} bytes are more than the {Math.Max(0, _budget):N0} bytes that MemoryBudget leaves for them: they are decoded anew in each epoch."));
        var longestRun = LongestRun();
        if (_expected is null && longestRun > streamed.ShuffleBufferSize)
            _channel.Warning(MessageSensitivity.None, string.Create(CultureInfo.InvariantCulture,
                $"{longestRun:N0} rows of one class follow each other, and the shuffle buffer holds {streamed.ShuffleBufferSize:N0} images, half of MemoryBudget: the batches will be one-sided. Shuffle the rows before (mlContext.Data.ShuffleRows) or raise MemoryBudget."));
        return streamed;
    }

    private int LongestRun()
    {
        var (longest, start) = (0, 0);
        for (var i = 0; i < _labels.Count; i++)
        {
            if (_labels[i] != _labels[start])
                start = i;
            longest = Math.Max(longest, i - start + 1);
        }
        return longest;
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
            copy.Add(MemoryMarshal.AsBytes(values.AsSpan()), images.Labels[i], images.Weights[i]);
        }
        return copy;
    }
}
