using static Tlb.ML.Tests.TestImages;

namespace Tlb.ML.Tests;

public sealed class CursorTests : IDisposable
{
    private readonly MLContext _ml = new(seed: 1);
    private readonly TlbTransformer _model;
    private readonly IDataView _scored;

    public CursorTests()
    {
        var view = _ml.Data.LoadFromEnumerable(Rows(50));
        var keyed = _ml.Transforms.Conversion.MapValueToKey("Label").Fit(view).Transform(view);
        var options = Options;
        options.Epoch = 1;
        _model = _ml.MulticlassClassification.Trainers.Tlb(options).Fit(keyed);
        _scored = _model.Transform(keyed);
    }

    public void Dispose() => _model.Dispose();

    [Fact]
    public void Other_columns_keep_their_values_in_order() =>
        Assert.Equal(Rows(50).Select(row => row.Name), All().Select(row => row.Name));

    [Fact]
    public void Inactive_columns_are_refused()
    {
        using var cursor = _scored.GetRowCursor([_scored.Schema["Name"]]);
        Assert.True(cursor.IsColumnActive(_scored.Schema["Name"]));
        Assert.False(cursor.IsColumnActive(_scored.Schema["Score"]));
        Assert.ThrowsAny<ArgumentException>(() => cursor.GetGetter<VBuffer<float>>(_scored.Schema["Score"]));
    }

    [Fact]
    public void A_getter_of_another_type_is_refused()
    {
        using var cursor = _scored.GetRowCursor(_scored.Schema);
        Assert.Throws<InvalidOperationException>(() => cursor.GetGetter<float>(_scored.Schema["Score"]));
        Assert.Throws<InvalidOperationException>(() => cursor.GetGetter<int>(_scored.Schema["PredictedLabel"]));
    }

    [Fact]
    public void Nothing_is_read_before_it_is_asked_for()
    {
        var read = 0;
        var rows = Rows(5).Select(row => { read++; return row; });
        var view = _model.Transform(_ml.Transforms.Conversion.MapValueToKey("Label").Fit(_ml.Data.LoadFromEnumerable(Rows(3))).Transform(_ml.Data.LoadFromEnumerable(rows)));
        Assert.Equal(0, read);
        Assert.Equal(5, view.GetColumn<uint>("PredictedLabel").Count());
        Assert.Equal(5, read);
    }

    [Fact]
    public void Shuffled_rows_keep_their_scores()
    {
        // Data in memory can be read in any order; images can't be cached, pixel vectors can.
        var rows = _ml.Data.LoadFromEnumerable(Rows(50));
        var pixels = _ml.Transforms.ExtractPixels("Image").Fit(rows).Transform(rows);
        var scored = _model.Transform(_ml.Data.Cache(pixels, "Image", "Name"));
        var expected = Read(scored.Schema, scored.GetRowCursor(scored.Schema)).ToDictionary(row => row.Name, row => row.Score);
        var shuffled = Read(scored.Schema, scored.GetRowCursor(scored.Schema, new Random(3)));
        Assert.True(scored.CanShuffle);
        Assert.NotEqual(expected.Keys, shuffled.Select(row => row.Name));
        Assert.All(shuffled, row => Assert.Equal(expected[row.Name], row.Score));
    }

    [Fact]
    public void Parallel_cursors_give_every_row_once()
    {
        var expected = All().ToDictionary(row => row.Name, row => row.Score);
        var cursors = _scored.GetRowCursorSet(_scored.Schema, 3);
        var all = cursors.AsParallel().WithDegreeOfParallelism(Math.Max(1, cursors.Length)).SelectMany(cursor => Read(_scored.Schema, cursor)).ToList();
        Assert.Equal(expected.Keys.Order(), all.Select(row => row.Name).Order());
        Assert.All(all, row => Assert.Equal(expected[row.Name], row.Score));
    }

    [Fact]
    public void One_transformer_serves_many_engines_at_once()
    {
        var rows = Rows(50);
        var expected = All().ToDictionary(row => row.Name, row => row.Score);
        Parallel.For(0, 4, _ =>
        {
            var options = new PredictionEngineOptions { OwnsTransformer = false };
            using var engine = _ml.Model.CreatePredictionEngine<ImageRow, Scores>(_model, options);
            foreach (var row in rows)
                Assert.Equal(expected[row.Name], engine.Predict(row).Score);
        });
    }

    [Fact]
    public void Row_counts_and_shuffling_are_the_inputs()
    {
        Assert.Equal(50, _scored.GetRowCount());
        Assert.Equal(7, _ml.Data.TakeRows(_scored, 7).GetColumn<uint>("PredictedLabel").Count());
    }

    private List<(string Name, float[] Score)> All() => Read(_scored.Schema, _scored.GetRowCursor(_scored.Schema));

    private static List<(string Name, float[] Score)> Read(DataViewSchema schema, DataViewRowCursor opened)
    {
        using var cursor = opened;
        var getName = cursor.GetGetter<ReadOnlyMemory<char>>(schema["Name"]);
        var getScore = cursor.GetGetter<VBuffer<float>>(schema["Score"]);
        var rows = new List<(string, float[])>();
        ReadOnlyMemory<char> name = default;
        VBuffer<float> score = default;
        while (cursor.MoveNext())
        {
            getName(ref name);
            getScore(ref score);
            rows.Add((name.ToString(), score.DenseValues().ToArray()));
        }
        return rows;
    }

    private sealed class Scores
    {
        public float[] Score { get; set; } = [];
    }
}
