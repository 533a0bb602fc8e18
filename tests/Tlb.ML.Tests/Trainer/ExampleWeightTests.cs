using static Tlb.ML.Tests.TestImages;

namespace Tlb.ML.Tests;

public sealed class ExampleWeightTests
{
    private readonly MLContext _ml = new(seed: 1);

    /// <summary>In one batch: what stands in the rows of weight 0, image and label, changes no bit of the weights that are learnt.</summary>
    [Fact]
    public void A_row_of_weight_0_teaches_nothing()
    {
        Assert.Equal(Weights(weight: 0, seed: 5), Weights(weight: 0, seed: 6));
        Assert.NotEqual(Weights(weight: 0.5f, seed: 5), Weights(weight: 0.5f, seed: 6));
        Assert.NotEqual(Weights(weight: 0, seed: 5), Weights(weight: 0.5f, seed: 5));

        float[] Weights(float weight, int seed)
        {
            var rows = Rows(12);
            rows.AddRange(Rows(6, seed).Select((row, i) => new WeightedRow { Label = (uint)(i + seed) % 3, Weight = weight, Image = row.Image }));
            var options = Weighted;
            options.BatchSize = rows.Count;
            return Fit(rows, options).Model.Weights.Values;
        }
    }

    [Theory]
    [InlineData(float.NaN, "NaN")]
    [InlineData(-1, "-1")]
    [InlineData(float.PositiveInfinity, "Infinity")]
    public void A_weight_that_is_none_is_named(float weight, string text)
    {
        var rows = Rows(12);
        rows[7].Weight = weight;
        var error = Assert.Throws<InvalidDataException>(() => Fit(rows, Weighted));
        Assert.Equal($"Row 7: the example weight is {text}; expected 0 to 1000000.", error.Message);
    }

    [Fact]
    public void Weights_of_0_only_are_refused()
    {
        var rows = Rows(12);
        rows.ForEach(row => row.Weight = 0);
        Assert.StartsWith("All 12 images have example weight 0;", Assert.Throws<InvalidDataException>(() => Fit(rows, Weighted)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_column_is_checked_before_any_work()
    {
        var options = Weighted;
        options.ExampleWeightColumnName = "Importance";
        const string missing = "Could not find the example weight column 'Importance'. The columns are: ";
        Assert.StartsWith(missing, Assert.Throws<ArgumentOutOfRangeException>(() => Fit(Rows(6), options)).Message, StringComparison.Ordinal);
        options.ExampleWeightColumnName = "Label";
        const string mismatch = "Schema mismatch for example weight column 'Label': expected Single, got Key<UInt32";
        Assert.StartsWith(mismatch, Assert.Throws<ArgumentOutOfRangeException>(() => Fit(Rows(6), options)).Message, StringComparison.Ordinal);
        // A chain finds both before any stage has read data.
        Assert.Contains("example weight column 'Label': expected Single", Assert.ThrowsAny<Exception>(() => Chain(options)).Message, StringComparison.Ordinal);
        options.ExampleWeightColumnName = "Importance";
        Assert.Contains("Could not find the example weight column 'Importance'", Assert.ThrowsAny<Exception>(() => Chain(options)).Message, StringComparison.Ordinal);
        options.ExampleWeightColumnName = " ";
        Assert.Contains("ExampleWeightColumnName is empty", Assert.Throws<ArgumentException>(() => Fit(Rows(6), options)).Message, StringComparison.Ordinal);

        void Chain(TlbTrainer.Options options) =>
            _ml.Transforms.CopyColumns("Other", "Weight").Append(_ml.MulticlassClassification.Trainers.Tlb(options)).Fit(_ml.Data.LoadFromEnumerable(Rows(6)));
    }

    [Fact]
    public void A_validation_set_needs_no_weights()
    {
        var (options, losses) = (Weighted, new List<double?>());
        options.Epoch = 1;
        options.ValidationSet = _ml.Data.LoadFromEnumerable(Rows(6, seed: 2).Select(row => new UnweightedRow { Label = row.Label, Image = row.Image }));
        options.MetricsCallback = progress => losses.Add(progress.Validation?.Loss);
        Fit(Rows(12), options);
        Assert.All(losses, loss => Assert.NotNull(loss));
    }

    private static TlbTrainer.Options Weighted
    {
        get
        {
            var options = Options;
            options.ExampleWeightColumnName = "Weight";
            return options;
        }
    }

    private static List<WeightedRow> Rows(int count, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(i => new WeightedRow { Label = (uint)i % 3, Weight = 1, Image = Image(i % 3, random) })];
    }

    private TlbTransformer Fit(List<WeightedRow> rows, TlbTrainer.Options options) =>
        _ml.MulticlassClassification.Trainers.Tlb(options).Fit(_ml.Data.LoadFromEnumerable(rows));

    private class UnweightedRow
    {
        [KeyType(3)]
        public uint Label { get; set; }

        [Microsoft.ML.Transforms.Image.ImageType(Size, Size)]
        public MLImage? Image { get; set; }
    }

    private sealed class WeightedRow : UnweightedRow
    {
        public float Weight { get; set; }
    }
}
