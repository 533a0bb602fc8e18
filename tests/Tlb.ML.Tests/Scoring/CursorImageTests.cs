using Tlb.Tests;
using static Tlb.ML.Tests.TestImages;

namespace Tlb.ML.Tests;

/// <summary>Images that are handed out beside their scores: the right ones, alive at their row, and their owner's.</summary>
public sealed class CursorImageTests : IDisposable
{
    private const double Tolerance = 1e-5;                                   // see BatchCursorTests

    private readonly MLContext _ml = new(seed: 1);
    private readonly ProbeModel _model = new();

    public void Dispose() => _model.Dispose();

    [Fact]
    public void Images_in_memory_are_handed_out_themselves_and_never_disposed()
    {
        var rows = Enumerable.Range(0, 300).Select(row => new ImageRow { Label = "", Name = "", Image = ProbeView.Picture(row) }).ToList();
        var scored = _model.Transformer.Transform(_ml.Data.LoadFromEnumerable(rows));
        using (var cursor = scored.GetRowCursor(scored.Schema))
        {
            var getImage = cursor.GetGetter<MLImage>(cursor.Schema["Image"]);
            var getScore = cursor.GetGetter<VBuffer<float>>(cursor.Schema["Score"]);
            MLImage image = null!;
            VBuffer<float> score = default;
            foreach (var row in rows)
            {
                Assert.True(cursor.MoveNext());
                getScore(ref score);
                getImage(ref image);
                Assert.Same(row.Image, image);
                Close.Absolute(_model.Expected(rows.IndexOf(row)), score.GetValues(), Tolerance);
            }
        }
        Assert.Equal(300, scored.GetColumn<float[]>("Score").Count());       // this time without the images
        Assert.DoesNotContain(rows, row => ProbeView.IsDisposed(row.Image!));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Images_of_files_are_those_of_their_rows(bool isFiltered)
    {
        using var folder = new TempFolder();
        var scored = Scored(folder, 150, isFiltered);
        using var cursor = scored.GetRowCursor(scored.Schema);
        var getImage = cursor.GetGetter<MLImage>(cursor.Schema["Image"]);
        var getPath = cursor.GetGetter<ReadOnlyMemory<char>>(cursor.Schema["ImagePath"]);
        var getScore = cursor.GetGetter<VBuffer<float>>(cursor.Schema["Score"]);
        MLImage image = null!;
        ReadOnlyMemory<char> path = default;
        VBuffer<float> score = default;
        using var engine = _model.CreateEngine();
        var count = 0;
        for (; cursor.MoveNext(); count++)
        {
            getImage(ref image);
            getPath(ref path);
            getScore(ref score);
            using var expected = MLImage.CreateFromFile(folder[path.ToString()]);
            Assert.Equal(expected.Pixels, image.Pixels);                     // alive, and the row's
            Close.Absolute(engine.Predict(new() { Image = expected }).Score, score.GetValues(), Tolerance);
        }
        Assert.Equal(150, count);
    }

    /// <summary>ResizeImages hands an image of the right size on as it is, and disposes it at the next row.</summary>
    [Fact]
    public void Images_that_last_for_one_row_are_scored_all_the_same()
    {
        using var folder = new TempFolder();
        var scored = Scored(folder, 150, isFiltered: true);
        var paths = scored.GetColumn<string>("ImagePath").ToList();
        var scores = scored.GetColumn<float[]>("Score").ToList();
        using var engine = _model.CreateEngine();
        Assert.Equal(150, scores.Count);
        for (var row = 0; row < scores.Count; row++)
        {
            using var image = MLImage.CreateFromFile(folder[paths[row]]);
            Close.Absolute(engine.Predict(new() { Image = image }).Score, scores[row], Tolerance, paths[row]);
        }
    }

    [Fact]
    public void Images_in_memory_survive_a_resizing_stage_that_is_only_scored_from()
    {
        var rows = Rows(40);
        var view = _ml.Data.LoadFromEnumerable(rows);
        var resized = _ml.Transforms.ResizeImages("Image", Size, Size).Fit(view).Transform(view);
        var scored = _model.Transformer.Transform(resized);
        var expected = _model.Transformer.Transform(view).GetColumn<float[]>("Score").ToList();
        Assert.Equal(expected, scored.GetColumn<float[]>("Score"));
        Assert.Equal(expected, scored.GetColumn<float[]>("Score"));
        Assert.DoesNotContain(rows, row => ProbeView.IsDisposed(row.Image!));
    }

    private IDataView Scored(TempFolder folder, int count, bool isFiltered)
    {
        Write(folder.Path, count);
        var rows = _ml.Data.LoadFromEnumerable(ImageFolder.Read(folder.Path));
        var images = _ml.Transforms.LoadImages("Image", folder.Path, "ImagePath").Append(_ml.Transforms.ResizeImages("Image", Size, Size)).Fit(rows).Transform(rows);
        return _model.Transformer.Transform(isFiltered ? _ml.Data.TakeRows(images, count) : images);
    }
}
