using Microsoft.ML.Runtime;
using static Tlb.ML.Tests.TestImages;

namespace Tlb.ML.Tests;

/// <summary>Training on images that don't fit the memory budget: what the trainer makes of them.</summary>
public sealed class StreamedTrainingTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void Training_on_files_gives_the_bits_of_training_in_memory()
    {
        using var folder = new TempFolder();
        Write(folder["training"], 30);
        Write(folder["validation"], 9, seed: 2);
        var view = Files(folder["training"]);
        var options = Options;
        options.ValidationSet = Files(folder["validation"]);
        var inMemory = Fit(view, options);
        options.MemoryBudget = 1;
        var streamed = Fit(view, options);
        Assert.Equal(inMemory.Model.Weights.Values, streamed.Model.Weights.Values);
        Assert.Equal(inMemory.Model.History.Epochs.Select(epoch => epoch.ValidationLoss), streamed.Model.History.Epochs.Select(epoch => epoch.ValidationLoss));
        (options.ValidationSet, options.ValidationFraction) = (null, 0.3);
        var held = Fit(view, options);
        options.MemoryBudget = long.MaxValue;
        Assert.Equal(Fit(view, options).Model.Weights.Values, held.Model.Weights.Values);
    }

    [Fact]
    public void The_seed_decides_the_weights_and_a_second_Fit_starts_anew()
    {
        var rows = Rows(30);
        var trainer = Trainer(new(seed: 1));
        var weights = trainer.Fit(Keyed(rows)).Model.Weights.Values;
        Assert.Equal(weights, trainer.Fit(Keyed(rows)).Model.Weights.Values);
        Assert.Equal(weights, Trainer(new(seed: 1)).Fit(Keyed(rows)).Model.Weights.Values);
        Assert.NotEqual(weights, Trainer(new(seed: 2)).Fit(Keyed(rows)).Model.Weights.Values);

        static TlbTrainer Trainer(MLContext ml) => ml.MulticlassClassification.Trainers.Tlb(Streamed(30));
    }

    /// <summary>As in <see cref="PipelineTests.A_pipeline_learns_and_names_what_it_sees"/>, where the images are in memory.</summary>
    [Fact]
    public void It_learns_as_well_as_in_memory()
    {
        var model = Pipeline(_ml, Streamed(90)).Fit(_ml.Data.LoadFromEnumerable(Rows(90)));
        Assert.Equal(1, _ml.MulticlassClassification.Evaluate(model.Transform(_ml.Data.LoadFromEnumerable(Rows(60, seed: 2)))).MicroAccuracy);
    }

    [Fact]
    public void A_run_that_was_broken_off_in_mid_epoch_goes_on_to_the_same_bits()
    {
        using var folder = new TempFolder();
        var (view, options) = (Keyed(Rows(60)), Streamed(60));
        options.Epoch = 3;
        var expected = Fit(view, options).Model.Weights.Values;

        using var cancellation = new CancellationTokenSource();
        (options.CheckpointFolder, options.CheckpointInterval, options.Resume, options.CancellationToken) = (folder.Path, TimeSpan.FromTicks(1), true, cancellation.Token);
        options.MetricsCallback = progress => { if (progress is { Epoch: 2, Step: 2 }) cancellation.Cancel(); };
        Assert.Throws<OperationCanceledException>(() => Fit(view, options));
        (options.CancellationToken, options.MetricsCallback) = (default, null);
        options.MemoryBudget /= 2;                                           // another order
        Assert.Contains("ShuffleBufferSize was 10 and is 5", Assert.Throws<InvalidDataException>(() => Fit(view, options)).Message, StringComparison.Ordinal);
        options.MemoryBudget *= 2;
        Assert.Equal(expected, Fit(view, options).Model.Weights.Values);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_bad_image_is_reported_once_not_once_per_epoch(bool fromFiles)
    {
        using var folder = new TempFolder();
        Write(folder.Path, 30);
        var rows = Rows(30);
        rows[20].Image = null;
        var view = fromFiles ? Files(folder.Path) : Keyed(rows);
        File.WriteAllText(folder["middle/0001.jpg"], "not an image");        // after the folder was checked
        var (reported, counts) = (new List<BadImage>(), new List<long>());
        var options = Streamed(30);
        options.Epoch = 3;
        options.BadImageCallback = reported.Add;
        options.MetricsCallback = progress => { if (progress.IsEndOfEpoch) counts.Add(progress.Training.Count); };
        Fit(view, options);
        Assert.Contains(fromFiles ? "middle/0001.jpg" : "picture 20", Assert.Single(reported).Where, StringComparison.Ordinal);
        Assert.Equal([29, 29, 29], counts);
    }

    [Fact]
    public void A_file_that_vanishes_ends_the_training_and_is_named()
    {
        using var folder = new TempFolder();
        Write(folder.Path, 30);
        var options = Streamed(30);
        options.MetricsCallback = progress => { if (progress.IsEndOfEpoch) File.Delete(folder["middle/0001.jpg"]); };
        var error = Assert.Throws<InvalidDataException>(() => Fit(Files(folder.Path), options));
        Assert.Matches("middle/0001.jpg.*the image could be read before, and can't be read now: ", error.Message);
    }

    /// <summary>The first reading finds the same faults, whether or not it keeps the pixels.</summary>
    [Theory]
    [InlineData("one class", "All 6 images are of one class")]
    [InlineData("no image", "Row 4 (Name = \"picture 4\"): the image can't be read: there is no image.")]
    [InlineData("size", "Row 4 (Name = \"picture 4\"): the image is 12x12 pixels, those before it are 8x8.")]
    public void Faults_are_found_as_in_memory(string fault, string expected)
    {
        var rows = Rows(6);
        if (fault == "one class")
            rows.ForEach(row => row.Label = "left");
        else
            rows[4].Image = fault == "no image" ? null : Image(0, new(1), size: 12);
        foreach (var budget in (long[])[1, 3 * NumberedImages.Bytes, long.MaxValue])
        {
            var options = Options;
            options.MemoryBudget = budget;
            Assert.StartsWith(expected, Assert.Throws<InvalidDataException>(() => Fit(Keyed(rows), options)).Message, StringComparison.Ordinal);
        }
    }

    /// <summary>What the values mean is decided by all images: also by those read when no more pixels are kept.</summary>
    [Theory]
    [InlineData(255, PixelType.Byte, 1f / 255)]
    [InlineData(1, PixelType.Byte, 1f)]
    [InlineData(300, PixelType.Single, 1f)]
    [InlineData(0.5f, PixelType.Single, 1f)]
    public void Pixels_are_scaled_as_in_memory(float lastValue, PixelType type, float scale)
    {
        var rows = Enumerable.Range(0, 6).Select(i => new NumberedImages.VectorRow { Label = (uint)i % 3, Weight = 1, Image = new float[NumberedImages.Bytes] }).ToList();
        rows[5].Image[7] = lastValue;
        foreach (var budget in (long[])[1, 3 * NumberedImages.Bytes, long.MaxValue])
        {
            var options = Options;
            options.MemoryBudget = budget;
            var layout = NumberedImages.Read(_ml, _ml.Data.LoadFromEnumerable(rows), options).Layout;
            Assert.Equal((type, scale), (layout.PixelType, layout.Scale));
        }
    }

    [Fact]
    public void Rows_sorted_by_class_are_warned_of_where_the_shuffle_buffer_is_smaller_than_a_class()
    {
        var warnings = new List<string>();
        _ml.Log += (_, e) => { if (e.Kind == ChannelMessageKind.Warning) warnings.Add(e.RawMessage); };
        var sorted = Rows(30).OrderBy(row => row.Label, StringComparer.Ordinal).ToList();
        var options = Streamed(30);                                          // a buffer of 5 images
        options.Epoch = 1;
        Fit(Keyed(Rows(30)), options);
        Assert.Empty(warnings);
        Fit(Keyed(sorted), options);
        Assert.StartsWith("10 rows of one class follow each other, and the shuffle buffer holds 5 images", Assert.Single(warnings), StringComparison.Ordinal);
    }

    private static TlbTrainer.Options Streamed(int count)
    {
        var options = Options;
        options.MemoryBudget = count / 3 * NumberedImages.Bytes;
        return options;
    }

    private TlbTransformer Fit(IDataView view, TlbTrainer.Options options) => _ml.MulticlassClassification.Trainers.Tlb(options).Fit(view);

    private IDataView Keyed(List<ImageRow> rows) => Keys().Transform(_ml.Data.LoadFromEnumerable(rows));

    private IDataView Files(string folder)
    {
        var rows = Keys().Transform(_ml.Data.LoadFromEnumerable(ImageFolder.Read(folder)));
        return _ml.Transforms.LoadImages("Image", folder, "ImagePath").Fit(rows).Transform(rows);
    }

    private ITransformer Keys() => _ml.Transforms.Conversion.MapValueToKey("Label").Fit(_ml.Data.LoadFromEnumerable(Rows(3)));
}
