using System.Buffers.Binary;
using SkiaSharp;
using static Tlb.ML.Tests.TestImages;

namespace Tlb.ML.Tests;

/// <summary><c>DecodeImages</c>: files, bytes and images, through ML.NET's views, engines and zips.</summary>
public sealed class ImageDecodingTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly MLContext _ml = new(seed: 1);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Images_that_are_not_rotated_are_those_of_LoadImages()
    {
        foreach (var path in CraftedImages.RealFiles.Where(path => Path.GetFileName(path) != "rotated.jpg"))
            AssertSame(Loaded(path), Decoded(path));
    }

    /// <summary>EXIF says of the eight orientations which side of the scene the file's first row and its first column are.</summary>
    [Theory]
    [InlineData(1, "top", "left")]
    [InlineData(2, "top", "right")]
    [InlineData(3, "bottom", "right")]
    [InlineData(4, "bottom", "left")]
    [InlineData(5, "left", "top")]
    [InlineData(6, "right", "top")]
    [InlineData(7, "right", "bottom")]
    [InlineData(8, "left", "bottom")]
    public void Photographs_are_turned_upright(int orientation, string firstRow, string firstColumn)
    {
        foreach (var (name, isJpeg) in new[] { ("photo.jpg", true), ("photo.webp", false) })
        {
            var path = _folder[name];
            File.WriteAllBytes(path, isJpeg ? Jpeg(20, 12, orientation) : WebP(20, 12, orientation));
            var stored = Loaded(path);
            Assert.Equal((20, 12), (stored.Width, stored.Height));
            var (width, height) = firstRow is "top" or "bottom" ? (20, 12) : (12, 20);
            var upright = new (int, int, int, int)[width * height];
            for (var row = 0; row < stored.Height; row++)
                for (var column = 0; column < stored.Width; column++)
                {
                    var (x, y) = (0, 0);
                    foreach (var (side, distance) in new[] { (firstRow, row), (firstColumn, column) })
                        _ = side switch
                        {
                            "top" => y = distance,
                            "bottom" => y = height - 1 - distance,
                            "left" => x = distance,
                            _ => x = width - 1 - distance,
                        };
                    upright[y * width + x] = stored.Pixels[row * stored.Width + column];
                }
            var decoded = Decoded(path);
            Assert.Equal((width, height), (decoded.Width, decoded.Height));
            Assert.Equal(upright, decoded.Pixels);
            Assert.True(stored.Pixels.Distinct().Count() > 100);             // else a wrong turn might not show
        }
    }

    [Fact]
    public void Bytes_and_images_give_what_files_give()
    {
        foreach (var path in CraftedImages.RealFiles)
        {
            var bytes = _ml.Data.LoadFromEnumerable(new[] { new ByteRow { ImagePath = File.ReadAllBytes(path) } });
            AssertSame(Decoded(path), Seen(Stage().Fit(bytes).Transform(bytes)));
        }
        var images = _ml.Data.LoadFromEnumerable(Rows(2));
        var copies = _ml.Transforms.DecodeImages("Copy", inputColumnName: "Image").Fit(images).Transform(images);
        Assert.Equal(images.GetColumn<MLImage>("Image").Select(Pixels.All), copies.GetColumn<MLImage>("Copy").Select(Pixels.All));
    }

    [Fact]
    public void Nothing_gives_no_image()
    {
        var paths = _ml.Data.LoadFromEnumerable(new[] { new ImageFile() });
        Assert.Null(Assert.Single(Stage().Fit(paths).Transform(paths).GetColumn<MLImage>("Image")));
        var bytes = _ml.Data.LoadFromEnumerable(new[] { new ByteRow() });
        Assert.Null(Assert.Single(Stage().Fit(bytes).Transform(bytes).GetColumn<MLImage>("Image")));
    }

    [Fact]
    public void Files_are_looked_at_before_they_are_decoded()
    {
        Assert.Equal("there is no such file.", ProblemOf(_folder["nowhere.png"]));
        Assert.Equal("the file is empty, or no file but a pipe, a socket or a device.", ProblemOf(Saved(_folder["empty"], [])));
        Assert.Equal("the file is not a JPEG, PNG, BMP, GIF or WebP image.", ProblemOf(Saved(_folder["text"], "no image"u8.ToArray())));
        Assert.Equal("the file is cut short: its end is missing.", ProblemOf(Saved(_folder["cut"], File.ReadAllBytes(CraftedImages.RealFiles[0])[..60])));

        var large = CraftedImages.BlackPng(20_000, 20_000);                  // 1.6 GB decoded
        const string TooLarge = "the image is 20000x20000 pixels; expected no more than 100,000,000 in all. Make it smaller, or raise maximumPixels.";
        Assert.Equal(TooLarge, ProblemOf(Saved(_folder["large.png"], large)));
        var bytes = _ml.Data.LoadFromEnumerable(new[] { new ByteRow { ImagePath = large } });
        Assert.Equal(TooLarge, Assert.Throws<InvalidDataException>(() => Seen(Stage().Fit(bytes).Transform(bytes))).Message);

        using (var file = File.OpenHandle(_folder["long"], FileMode.CreateNew, FileAccess.Write))
            RandomAccess.SetLength(file, 500_000_000);                       // of nothing: it is not read, either
        Assert.Equal("the file has 500,000,000 bytes; expected no more than 400,000,000, for images of up to 100,000,000 pixels.", ProblemOf(_folder["long"]));
    }

    [Fact]
    public void The_bound_can_be_set()
    {
        var path = CraftedImages.RealFiles.Single(file => Path.GetFileName(file) == "plain.png");
        var stored = Loaded(path);
        var rows = _ml.Data.LoadFromEnumerable(new[] { new ImageFile { ImagePath = path } });
        var stage = Stage().Fit(rows);
        var view = stage.Transform(rows);
        stage.MaximumPixels = stored.Width * stored.Height;
        AssertSame(stored, Seen(view));
        stage.MaximumPixels--;
        Assert.Contains("raise maximumPixels", Assert.Throws<InvalidDataException>(() => Seen(view)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => stage.MaximumPixels = 0);
    }

    [Fact]
    public void A_damaged_file_is_one_bad_image_of_training_and_scoring()
    {
        Write(_folder["data"], 24);
        File.WriteAllBytes(_folder["data/left/x.jpg"], CraftedImages.Undecodable);
        File.WriteAllBytes(_folder["data/left/y.png"], CraftedImages.BlackPng(300_000, 100_000));
        var rows = _ml.Data.LoadFromEnumerable(ImageFolder.Find(_folder["data"], maximumPixels: int.MaxValue, badImageCallback: _ => { })
            .Append(new() { Label = "left", ImagePath = "left/y.png" }).ToList());
        var bad = new List<BadImage>();
        var options = Options;
        (options.Epoch, options.BadImageCallback) = (1, bad.Add);
        var model = Model(options).Fit(rows);
        string[] expected =
        [
            "the image can't be read: its content is damaged, or of a format that can't be decoded.",
            "the image can't be read: the image is 300000x100000 pixels; expected no more than 100,000,000 in all. Make it smaller, or raise maximumPixels.",
        ];
        Assert.Equal(expected, bad.Select(image => image.Problem));
        bad.Clear();
        Assert.Equal(2, model.Transform(rows).GetColumn<float[]>("Score").Count(score => Array.TrueForAll(score, float.IsNaN)));
        Assert.Equal(expected, bad.Select(image => image.Problem).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_model_of_files_scores_bytes_after_it_was_saved()
    {
        Write(_folder["data"], 24);
        var files = ImageFolder.Read(_folder["data"]);
        var rows = _ml.Data.LoadFromEnumerable(files);
        var model = Model(Options).Fit(rows);
        _ml.Model.Save(model, rows.Schema, _folder["model.zip"]);
        var expected = model.Transform(rows).GetColumn<float[]>("Score").ToList();

        var loaded = new MLContext().Model.Load(_folder["model.zip"], out _);
        Assert.Equal(expected, loaded.Transform(rows).GetColumn<float[]>("Score"));   // relative paths: the folder is in the zip
        using var engine = _ml.Model.CreatePredictionEngine<ByteRow, Prediction>(loaded);
        for (var i = 0; i < files.Count; i++)
        {
            var prediction = engine.Predict(new() { ImagePath = File.ReadAllBytes(Path.Combine(_folder["data"], files[i].ImagePath)) });
            Assert.Equal(expected[i], prediction.Score);
        }
        var error = Assert.Throws<InvalidDataException>(() => engine.Predict(new() { ImagePath = "no image"u8.ToArray() }));
        Assert.EndsWith("the image can't be read: the file is not a JPEG, PNG, BMP, GIF or WebP image.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_columns_and_folders_are_refused()
    {
        var rows = _ml.Data.LoadFromEnumerable(Rows(1));
        const string Expected = "Schema mismatch for input column 'Score': expected a text (the path of a file), a vector of bytes (its content) or an image, got ";
        var numbers = _ml.Data.LoadFromEnumerable(new[] { new Prediction() });
        var wrong = _ml.Transforms.DecodeImages("Image", inputColumnName: "Score");
        Assert.StartsWith(Expected, Assert.Throws<ArgumentOutOfRangeException>(() => wrong.Fit(numbers)).Message, StringComparison.Ordinal);
        Assert.StartsWith(Expected, Assert.Throws<ArgumentOutOfRangeException>(() => wrong.GetOutputSchema(Shape<Prediction>())).Message, StringComparison.Ordinal);
        const string Missing = "Could not find the input column 'Score'. The columns are: Label, Image, Name.";
        Assert.StartsWith(Missing, Assert.Throws<ArgumentOutOfRangeException>(() => wrong.Fit(rows)).Message, StringComparison.Ordinal);
        Assert.StartsWith(Missing, Assert.Throws<ArgumentOutOfRangeException>(() => wrong.GetOutputSchema(Shape<ImageRow>())).Message, StringComparison.Ordinal);
        Assert.Equal(["Image", "Label", "Name"], _ml.Transforms.DecodeImages("Image", inputColumnName: "Label").GetOutputSchema(Shape<ImageRow>()).Select(column => column.Name).Order());
        Assert.Throws<DirectoryNotFoundException>(() => _ml.Transforms.DecodeImages("Image", _folder["nowhere"]));
        Assert.Throws<ArgumentException>(() => _ml.Transforms.DecodeImages(""));
    }

    [Fact]
    public void Images_are_disposed_with_their_rows()
    {
        Write(_folder["data"], 3);
        var rows = _ml.Data.LoadFromEnumerable(ImageFolder.Read(_folder["data"]));
        var view = _ml.Transforms.DecodeImages("Image", _folder["data"], "ImagePath").Fit(rows).Transform(rows);
        MLImage? image = null, before = null;
        using (var cursor = view.GetRowCursor([view.Schema["Image"]]))
        {
            var getter = cursor.GetGetter<MLImage>(view.Schema["Image"]);
            for (; cursor.MoveNext(); before = image)
            {
                getter(ref image!);
                Assert.False(ProbeView.IsDisposed(image));
                Assert.True(before is null || ProbeView.IsDisposed(before));
            }
        }
        Assert.True(ProbeView.IsDisposed(image!));
    }

    /// <summary>The columns of a class, before there are data.</summary>
    private SchemaShape Shape<T>() where T : class, new() => _ml.Transforms.CustomMapping<object, T>((_, _) => { }, contractName: null).GetOutputSchema(new([]));

    private ImageDecodingEstimator Stage() => _ml.Transforms.DecodeImages("Image", inputColumnName: "ImagePath");

    private IEstimator<ITransformer> Model(TlbTrainer.Options options) => _ml.Transforms.DecodeImages("Image", _folder["data"], "ImagePath")
        .Append(_ml.Transforms.ResizeImages("Image", Size, Size))
        .Append(Pipeline(_ml, options));

    private static string Saved(string path, byte[] bytes)
    {
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private string ProblemOf(string path) => Assert.Throws<InvalidDataException>(() => Decoded(path)).Message;

    private Picture Decoded(string path) => Seen(path, Stage());

    private Picture Loaded(string path) => Seen(path, _ml.Transforms.LoadImages("Image", null, "ImagePath"));

    private Picture Seen(string path, IEstimator<ITransformer> stage)
    {
        var rows = _ml.Data.LoadFromEnumerable(new[] { new ImageFile { ImagePath = path } });
        return Seen(stage.Fit(rows).Transform(rows));
    }

    private static Picture Seen(IDataView view)
    {
        using var cursor = view.GetRowCursor([view.Schema["Image"]]);
        MLImage? image = null;
        Assert.True(cursor.MoveNext());
        cursor.GetGetter<MLImage>(view.Schema["Image"])(ref image!);
        return new(image.Width, image.Height, Pixels.All(image));
    }

    private static void AssertSame(Picture expected, Picture actual)
    {
        Assert.Equal((expected.Width, expected.Height), (actual.Width, actual.Height));
        Assert.Equal(expected.Pixels, actual.Pixels);
    }

    private static byte[] Encoded(int width, int height, SKEncodedImageFormat format)
    {
        using var bitmap = new SKBitmap(width, height);
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++)
                bitmap.SetPixel(x, y, new((byte)(12 * x), (byte)(20 * y), (byte)(7 * (x + y))));
        using var data = bitmap.Encode(format, 100);
        return data.ToArray();
    }

    /// <summary>A JPEG with a block of EXIF data after its start.</summary>
    private static byte[] Jpeg(int width, int height, int orientation)
    {
        byte[] exif = [.. "Exif\0\0"u8, .. Exif(orientation)];
        var jpeg = Encoded(width, height, SKEncodedImageFormat.Jpeg);
        return [.. jpeg[..2], 0xFF, 0xE1, 0, (byte)(exif.Length + 2), .. exif, .. jpeg[2..]];
    }

    /// <summary>A WebP of the extended format, with a chunk of EXIF data after the picture.</summary>
    private static byte[] WebP(int width, int height, int orientation)
    {
        var picture = Encoded(width, height, SKEncodedImageFormat.Webp)[12..];       // without RIFF, length, WEBP
        byte[] chunks = [.. Chunk("VP8X"u8, [0x08, 0, 0, 0, (byte)(width - 1), 0, 0, (byte)(height - 1), 0, 0]), .. picture, .. Chunk("EXIF"u8, Exif(orientation))];
        return Chunk("RIFF"u8, [.. "WEBP"u8, .. chunks]);
    }

    private static byte[] Chunk(ReadOnlySpan<byte> name, byte[] content)
    {
        var length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, content.Length);
        return [.. name, .. length, .. content];
    }

    /// <summary>A table with one entry: tag 0x0112, a 16-bit number, one of them.</summary>
    private static byte[] Exif(int orientation) =>
        [.. "MM\0*"u8, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte)orientation, 0, 0, 0, 0, 0, 0];

    private sealed record Picture(int Width, int Height, (int R, int G, int B, int A)[] Pixels);

    private sealed class ByteRow
    {
        public string Label { get; set; } = "";

        public byte[] ImagePath { get; set; } = [];
    }
}
