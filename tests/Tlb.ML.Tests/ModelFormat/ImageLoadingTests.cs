using Microsoft.ML.Transforms.Image;

namespace Tlb.ML.Tests.ModelFormat;

public class ImageLoadingTests
{
    private readonly MLContext _ml = new(1);

    [Fact]
    public void Files_are_read_row_by_row()
    {
        using var folder = new TempFolder();
        for (var i = 0; i < 3; i++)
        {
            using var image = Pixels.Image(4 + i, 3, (_, _) => (10, 20, 30));
            image.Save(folder[$"{i}.png"]);
        }
        var view = Images(folder.Path, "0.png", "1.png", "2.png");

        Assert.Equal(new ImageDataViewType(), view.Schema["Image"].Type);
        using var cursor = view.GetRowCursor([view.Schema["Image"]]);
        var getter = cursor.GetGetter<MLImage>(view.Schema["Image"]);
        MLImage value = null!;
        for (var i = 0; cursor.MoveNext(); i++)
        {
            var before = value;
            getter(ref value);
            Assert.Equal((4 + i, 3, folder[$"{i}.png"]), (value.Width, value.Height, value.Tag));
            // Each row takes the place of the one before.
            if (before is not null)
                Assert.Throws<InvalidOperationException>(() => before.Width);
        }
    }

    [Fact]
    public void The_last_image_goes_with_the_cursor()
    {
        using var folder = new TempFolder();
        using (var image = Pixels.Image(2, 2, (_, _) => (1, 2, 3)))
            image.Save(folder["a.png"]);
        var view = Images(folder.Path, "a.png");

        var value = Read(view)[0];

        Assert.Throws<InvalidOperationException>(() => value.Width);
    }

    [Fact]
    public void Without_a_folder_paths_are_taken_as_they_are()
    {
        using var folder = new TempFolder();
        using (var image = Pixels.Image(2, 2, (_, _) => (1, 2, 3)))
            image.Save(folder["a.png"]);

        Assert.Single(Read(Images(null, folder["a.png"])));
    }

    [Fact]
    public void Nothing_is_opened_before_it_is_asked_for()
    {
        using var folder = new TempFolder();
        var view = Images(folder.Path, "none.jpg");

        using var other = view.GetRowCursor([view.Schema["Path"]]);
        Assert.True(other.MoveNext());
    }

    [Fact]
    public void A_missing_file_is_told()
    {
        using var folder = new TempFolder();

        var exception = Assert.Throws<FileNotFoundException>(() => Read(Images(folder.Path, "none.jpg")));

        Assert.Equal(folder["none.jpg"], exception.FileName);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not an image at all")]
    public void A_file_that_is_no_image_is_told(string content)
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder["bad.jpg"], content);

        Assert.Throws<ArgumentException>(() => Read(Images(folder.Path, "bad.jpg")));
    }

    [Fact]
    public void An_empty_path_gives_no_image()
    {
        using var folder = new TempFolder();

        Assert.Null(Read(Images(folder.Path, "")).Single());
    }

    [Fact]
    public void No_image_gives_a_vector_of_zeros()
    {
        var data = _ml.Data.LoadFromEnumerable([new PathRow { Path = "" }]);
        var pixels = _ml.Transforms.LoadImages("Image", null, "Path").Append(_ml.Transforms.ResizeImages("Image", 4, 3))
            .Append(_ml.Transforms.ExtractPixels("Pixels", "Image")).Fit(data).Transform(data);

        var row = Assert.Single(_ml.Data.CreateEnumerable<PixelRow>(pixels, reuseRowObject: false));

        Assert.Equal(new float[36], row.Pixels);
    }

    [Fact]
    public void Files_are_not_kept_open()
    {
        using var folder = new TempFolder();
        using (var image = Pixels.Image(2, 2, (_, _) => (1, 2, 3)))
            image.Save(folder["a.png"]);
        var view = Images(folder.Path, "a.png");
        using var cursor = view.GetRowCursor([view.Schema["Image"]]);
        Assert.True(cursor.MoveNext());
        MLImage value = null!;
        cursor.GetGetter<MLImage>(view.Schema["Image"])(ref value);

        using var exclusive = new FileStream(folder["a.png"], FileMode.Open, FileAccess.ReadWrite, FileShare.None);

        Assert.Equal(2, value.Width);
    }

    [Fact]
    public void Bytes_are_those_of_the_file()
    {
        using var folder = new TempFolder();
        byte[] content = [.. Enumerable.Range(0, 5000).Select(i => (byte)(i * 7))];
        File.WriteAllBytes(folder["a.bin"], content);
        File.WriteAllBytes(folder["b.bin"], []);
        var data = _ml.Data.LoadFromEnumerable(new[] { "a.bin", "b.bin", "" }.Select(p => new PathRow { Path = p }));

        var rows = _ml.Data.CreateEnumerable<BytesRow>(
            _ml.Transforms.LoadRawImageBytes("Bytes", folder.Path, "Path").Fit(data).Transform(data), reuseRowObject: false).ToList();

        Assert.Equal([content, [], []], rows.Select(r => r.Bytes));
    }

    private IDataView Images(string? folder, params string[] paths)
    {
        var data = _ml.Data.LoadFromEnumerable(paths.Select(p => new PathRow { Path = p }));
        return _ml.Transforms.LoadImages("Image", folder, "Path").Fit(data).Transform(data);
    }

    private static List<MLImage> Read(IDataView view)
    {
        using var cursor = view.GetRowCursor([view.Schema["Image"]]);
        var getter = cursor.GetGetter<MLImage>(view.Schema["Image"]);
        var images = new List<MLImage>();
        while (cursor.MoveNext())
        {
            MLImage image = null!;
            getter(ref image);
            images.Add(image);
        }
        return images;
    }

    private sealed class PathRow
    {
        public string Path { get; set; } = "";
    }

    private sealed class PixelRow
    {
        public float[] Pixels { get; set; } = [];
    }

    private sealed class BytesRow
    {
        public byte[] Bytes { get; set; } = [];
    }
}
