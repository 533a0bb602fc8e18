using static Tlb.ML.Tests.TestImages;

namespace Tlb.ML.Tests;

/// <summary>Errors in the middle of rows that are read ahead: the rows before them come first.</summary>
public sealed class CursorErrorTests : IDisposable
{
    private readonly ProbeModel _model = new();

    public void Dispose() => _model.Dispose();

    [Fact]
    public void An_unreadable_image_throws_at_its_row_and_names_it()
    {
        var view = new ProbeView(400) { BeforeGet = (column, row) => FailAt(300, column == "Image" && row == 300) };
        using var cursor = Open(view, "Score");
        var getScore = cursor.GetGetter<VBuffer<float>>(cursor.Schema["Score"]);
        VBuffer<float> score = default;
        for (var row = 0; row < 400; row++)
        {
            Assert.True(cursor.MoveNext());
            if (row != 300)
                getScore(ref score);
            else
                Assert.Equal(
                    "Row 300 (Name = \"picture 300\"): the image can't be read: broken at 300",
                    Assert.Throws<InvalidDataException>(() => getScore(ref score)).Message);
        }
        Assert.False(cursor.MoveNext());
    }

    [Fact]
    public void An_unreadable_file_throws_at_its_row_and_names_it()
    {
        using var folder = new TempFolder();
        Write(folder.Path, 320);
        var ml = new MLContext(seed: 1);
        var files = ImageFolder.Read(folder.Path);
        File.WriteAllText(folder[files[300].ImagePath], "not an image");     // after the folder was checked
        var rows = ml.Data.LoadFromEnumerable(files);
        var images = ml.Transforms.LoadImages("Image", folder.Path, "ImagePath").Fit(rows).Transform(rows);
        var scored = _model.Transformer.Transform(images);
        foreach (var view in new[] { scored, _model.Transformer.Transform(ml.Data.TakeRows(images, 320)) })   // the second has images at its root
        {
            using var cursor = view.GetRowCursor([view.Schema["Score"]]);
            var getScore = cursor.GetGetter<VBuffer<float>>(cursor.Schema["Score"]);
            VBuffer<float> score = default;
            for (var row = 0; row < 300; row++)
            {
                Assert.True(cursor.MoveNext());
                getScore(ref score);
            }
            Assert.True(cursor.MoveNext());
            var error = Assert.Throws<InvalidDataException>(() => getScore(ref score));
            Assert.StartsWith($"Row 300 (Label = \"{files[300].Label}\", ImagePath = \"{files[300].ImagePath}\"): the image can't be read: ", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_callback_is_told_of_a_bad_image_when_its_row_is_reached()
    {
        var view = new ProbeView(40) { BeforeGet = (column, row) => FailAt(row, column == "Image" && row % 10 == 5) };
        var told = new List<BadImage>();
        _model.Transformer.BadImageCallback = told.Add;
        using var cursor = Open(view, "Score", "PredictedLabel");
        var getScore = cursor.GetGetter<VBuffer<float>>(cursor.Schema["Score"]);
        var getLabel = cursor.GetGetter<uint>(cursor.Schema["PredictedLabel"]);
        VBuffer<float> score = default;
        uint label = 0;
        for (var row = 0; cursor.MoveNext(); row++)
        {
            Assert.Equal((row + 4) / 10, told.Count);
            getScore(ref score);
            getLabel(ref label);
            Assert.Equal((row + 5) / 10, told.Count);
            Assert.Equal(row % 10 == 5, score.GetValues().ToArray().All(float.IsNaN));
            Assert.Equal(row % 10 == 5, label == 0);
        }
        Assert.Equal(new BadImage("Row 15 (Name = \"picture 15\")", "the image can't be read: broken at 15"), told[1]);
    }

    [Fact]
    public void A_callback_that_throws_stops_at_the_bad_image()
    {
        var view = new ProbeView(40) { BeforeGet = (column, row) => FailAt(row, column == "Image" && row == 25) };
        _model.Transformer.BadImageCallback = image => throw new NotSupportedException(image.Where);
        using var cursor = Open(view, "Score");
        var getScore = cursor.GetGetter<VBuffer<float>>(cursor.Schema["Score"]);
        VBuffer<float> score = default;
        for (var row = 0; row < 25; row++)
        {
            Assert.True(cursor.MoveNext());
            getScore(ref score);
        }
        Assert.True(cursor.MoveNext());
        Assert.Throws<NotSupportedException>(() => getScore(ref score));
    }

    [Theory]
    [InlineData("MoveNext")]
    [InlineData("Number")]
    [InlineData("Name")]
    public void An_error_of_the_input_comes_after_the_rows_before_it(string where)
    {
        var view = new ProbeView(400)
        {
            BeforeMove = row => FailAt(row, where == "MoveNext" && row == 300),
            BeforeGet = (column, row) => FailAt(row, column == where && row == 300),
        };
        using var cursor = Open(view, "Number", "Score");
        for (var row = 0; row < 300; row++)
            Assert.True(cursor.MoveNext());
        Assert.Equal("broken at 300", Assert.Throws<ProbeException>(() => cursor.MoveNext()).Message);
        Assert.Equal("broken at 300", Assert.Throws<ProbeException>(() => cursor.MoveNext()).Message);
        cursor.Dispose();
        Assert.Equal(0, view.OpenCursors);
    }

    [Fact]
    public void An_error_at_the_first_row_is_thrown_as_it_is()
    {
        using var cursor = Open(new ProbeView(4) { BeforeMove = row => FailAt(row, true) }, "Score");
        Assert.Equal("broken at 0", Assert.Throws<ProbeException>(() => cursor.MoveNext()).Message);
    }

    [Fact]
    public void A_cancelled_read_is_no_bad_image()
    {
        _model.Transformer.BadImageCallback = image => Assert.Fail($"told of {image}");
        var view = new ProbeView(40) { BeforeGet = (column, row) => { if (column == "Image" && row == 30) throw new OperationCanceledException(); } };
        using var cursor = Open(view, "Score");
        for (var row = 0; row < 30; row++)
            Assert.True(cursor.MoveNext());
        Assert.Throws<OperationCanceledException>(() => cursor.MoveNext());
    }

    private DataViewRowCursor Open(ProbeView view, params string[] active)
    {
        var scored = _model.Transformer.Transform(view);
        return scored.GetRowCursor(scored.Schema.Where(column => active.Contains(column.Name)));
    }

    private static void FailAt(long row, bool fails)
    {
        if (fails)
            throw new ProbeException($"broken at {row}");
    }

    private sealed class ProbeException(string message) : Exception(message);
}
