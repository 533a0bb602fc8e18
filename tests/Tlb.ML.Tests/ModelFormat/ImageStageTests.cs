using Microsoft.ML.Transforms.Image;
using Anchor = Microsoft.ML.Transforms.Image.ImageResizingEstimator.Anchor;
using ColorBits = Microsoft.ML.Transforms.Image.ImagePixelExtractingEstimator.ColorBits;
using ColorsOrder = Microsoft.ML.Transforms.Image.ImagePixelExtractingEstimator.ColorsOrder;
using ResizingKind = Microsoft.ML.Transforms.Image.ImageResizingEstimator.ResizingKind;

namespace Tlb.ML.Tests.ModelFormat;

public class ImageStageTests
{
    private const int Width = 30;
    private const int Height = 20;

    private readonly MLContext _ml = new(1);

    [Fact]
    public void Fill_takes_the_nearest_pixel()
    {
        using var image = Pixels.Image(Width, Height, (x, y) => (8 * x, 12 * y, 0));

        using var resized = Resize(image, 10, 4, ResizingKind.Fill);

        // The pixel in the middle of three, and of five.
        Assert.Equal(
            from y in Enumerable.Range(0, 4) from x in Enumerable.Range(0, 10) select (8 * (3 * x + 1), 12 * (5 * y + 2), 0, 255),
            Pixels.All(resized));
    }

    [Fact]
    public void Fill_keeps_the_order_of_colors()
    {
        using var image = Pixels.Image(Width, Height, (x, y) => (8 * x, 12 * y, 0), MLPixelFormat.Rgba32);

        using var resized = Resize(image, 10, 4, ResizingKind.Fill);

        Assert.Equal(MLPixelFormat.Rgba32, resized.PixelFormat);
        Assert.Equal((8, 24, 0, 255), Pixels.At(resized, 0, 0));
    }

    [Theory]
    [InlineData(MLPixelFormat.Bgra32)]
    [InlineData(MLPixelFormat.Rgba32)]
    public void Padding_is_black_and_without_alpha(MLPixelFormat format)
    {
        using var image = Pixels.Image(Width, Height, (_, _) => (200, 100, 50), format);

        using var wide = Resize(image, 15, 16, ResizingKind.IsoPad);
        using var tall = Resize(image, 40, 10, ResizingKind.IsoPad);

        // 15 x 10 in the middle of 16 rows, and in the middle of 40 columns.
        Assert.All(Enumerable.Range(0, 16), y =>
            Assert.Equal(y is >= 3 and < 13 ? (200, 100, 50, 255) : (0, 0, 0, 0), Pixels.At(wide, 7, y)));
        Assert.All(Enumerable.Range(0, 40), x =>
            Assert.Equal(x is >= 12 and < 27 ? (200, 100, 50, 255) : (0, 0, 0, 0), Pixels.At(tall, x, 5)));
        Assert.Equal(MLPixelFormat.Bgra32, wide.PixelFormat);
    }

    [Theory]
    [InlineData(Anchor.Left, 0)]
    [InlineData(Anchor.Center, 5)]
    [InlineData(Anchor.Top, 5)]
    [InlineData(Anchor.Right, 10)]
    public void Cropping_keeps_the_side_of_the_anchor(Anchor anchor, int firstColumn)
    {
        using var image = Pixels.Image(Width, Height, (x, y) => (8 * x, 12 * y, 0));

        using var resized = Resize(image, 20, 20, ResizingKind.IsoCrop, anchor);

        Assert.Equal((8 * firstColumn, 0, 0, 255), Pixels.At(resized, 0, 0));
        Assert.Equal((8 * (firstColumn + 19), 12 * 19, 0, 255), Pixels.At(resized, 19, 19));
    }

    [Theory]
    [InlineData(Anchor.Top, 0)]
    [InlineData(Anchor.Center, 5)]
    [InlineData(Anchor.Left, 5)]
    [InlineData(Anchor.Bottom, 10)]
    public void Cropping_keeps_the_end_of_the_anchor(Anchor anchor, int firstRow)
    {
        using var image = Pixels.Image(Width, Height, (x, y) => (8 * x, 12 * y, 0));

        using var resized = Resize(image, 30, 10, ResizingKind.IsoCrop, anchor);

        Assert.Equal((0, 12 * firstRow, 0, 255), Pixels.At(resized, 0, 0));
    }

    [Fact]
    public void Halving_takes_means()
    {
        using var image = Pixels.Image(Width, Height, (x, y) => (4 * x, 8 * y, (x + y) % 2 * 200));

        using var resized = Resize(image, Width / 2, Height / 2, ResizingKind.IsoCrop);

        Assert.All(from y in Enumerable.Range(0, Height / 2) from x in Enumerable.Range(0, Width / 2) select (x, y), at =>
        {
            var (r, g, b, _) = Pixels.At(resized, at.x, at.y);
            Assert.InRange(r, 8 * at.x + 1, 8 * at.x + 3);
            Assert.InRange(g, 16 * at.y + 3, 16 * at.y + 5);
            Assert.InRange(b, 99, 101);
        });
    }

    [Theory]
    [InlineData(ResizingKind.IsoCrop, 7, 7)]
    [InlineData(ResizingKind.IsoCrop, 64, 64)]
    [InlineData(ResizingKind.Fill, 64, 3)]
    public void One_color_stays_one_color(ResizingKind kind, int width, int height)
    {
        using var image = Pixels.Image(Width, Height, (_, _) => (201, 102, 53));

        using var resized = Resize(image, width, height, kind);

        Assert.All(Pixels.All(resized), pixel => Assert.Equal((201, 102, 53, 255), pixel));
    }

    [Fact]
    public void A_resized_image_keeps_its_tag_and_has_a_known_size()
    {
        using var image = Pixels.Image(Width, Height, (_, _) => (1, 2, 3));
        image.Tag = "rose";
        var data = Load(image);
        var resized = _ml.Transforms.ResizeImages("Image", 7, 5).Fit(data).Transform(data);

        Assert.Equal(new ImageDataViewType(5, 7), resized.Schema["Image"].Type);
        using var result = First<MLImage>(resized, "Image");
        Assert.Equal(("rose", 7, 5), (result.Tag, result.Width, result.Height));
    }

    [Theory]
    [InlineData(ColorsOrder.ARGB, new float[] { 1, 2, 3, 4 })]
    [InlineData(ColorsOrder.ARBG, new float[] { 1, 2, 4, 3 })]
    [InlineData(ColorsOrder.ABRG, new float[] { 1, 4, 2, 3 })]
    [InlineData(ColorsOrder.ABGR, new float[] { 1, 4, 3, 2 })]
    [InlineData(ColorsOrder.AGRB, new float[] { 1, 3, 2, 4 })]
    [InlineData(ColorsOrder.AGBR, new float[] { 1, 3, 4, 2 })]
    public void Colors_come_in_the_order_asked_for(ColorsOrder order, float[] expected)
    {
        // Alpha 1, red 2, green 3, blue 4, in both orders of the image.
        using var rgba = Plain(MLPixelFormat.Rgba32, [2, 3, 4, 1]);
        using var bgra = Plain(MLPixelFormat.Bgra32, [4, 3, 2, 1]);

        Assert.Equal(expected, Extract<float>(rgba, ColorBits.All, order, interleave: true)[..4]);
        Assert.Equal(expected, Extract<float>(bgra, ColorBits.All, order, interleave: true)[..4]);
        Assert.Equal(expected[1..], Extract<float>(rgba, ColorBits.Rgb, order, interleave: true)[..3]);
    }

    [Fact]
    public void Planes_come_one_after_the_other_unless_interleaved()
    {
        using var image = Pixels.Image(Width, Height, (x, y) => (x, 100 + y, 255));

        var planar = Extract<float>(image, ColorBits.Rgb);
        var interleaved = Extract<float>(image, ColorBits.Rgb, interleave: true);

        for (var i = 0; i < Width * Height; i++)
        {
            float[] color = [i % Width, 100 + i / Width, 255];
            Assert.Equal(color, new[] { planar[i], planar[Width * Height + i], planar[2 * Width * Height + i] });
            Assert.Equal(color, interleaved[(3 * i)..(3 * i + 3)]);
        }
    }

    [Fact]
    public void The_type_of_pixels_tells_their_layout()
    {
        using var image = Pixels.Image(Width, Height, (_, _) => (1, 2, 3));
        var data = Load(image);

        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single, 3, Height, Width),
            _ml.Transforms.ExtractPixels("P", "Image").Fit(data).GetOutputSchema(data.Schema)["P"].Type);
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Byte, Height, Width, 1),
            _ml.Transforms.ExtractPixels("P", "Image", ColorBits.Red, interleavePixelColors: true, outputAsFloatArray: false)
                .Fit(data).GetOutputSchema(data.Schema)["P"].Type);
    }

    [Fact]
    public void Offset_goes_before_scale_and_neither_touches_bytes()
    {
        using var image = Pixels.Image(Width, Height, (_, _) => (200, 100, 0));

        Assert.Equal([(200 - 50) * 0.5f, (100 - 50) * 0.5f, -50 * 0.5f],
            Extract<float>(image, interleave: true, offset: 50, scale: 0.5f)[..3]);
        Assert.Equal([200, 100, 0], Extract<byte>(image, interleave: true, offset: 50, scale: 0.5f)[..3]);
    }

    [Fact]
    public void Impossible_options_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Transforms.ResizeImages("Image", 0, 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Transforms.ResizeImages("Image", 5, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Transforms.ResizeImages("Image", 5, 5, resizing: (ResizingKind)9));
        Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Transforms.ExtractPixels("Image", colorsToExtract: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Transforms.ExtractPixels("Image", scaleImage: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Transforms.ExtractPixels("Image", offsetImage: float.NaN));
        Assert.Throws<ArgumentException>(() => _ml.Transforms.LoadImages("Image", "/there/is/no/such/folder"));
    }

    [Fact]
    public void Columns_of_another_type_are_refused()
    {
        var data = FlowerRow.Load(_ml);

        Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Transforms.LoadImages("Image", "", "Number").Fit(data));
        Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Transforms.LoadImages("Image", "", "None").Fit(data));
        Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Transforms.ResizeImages("Image", 5, 5, "Label").Fit(data));
        Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Transforms.ExtractPixels("Image", "Label").Fit(data));
    }

    [Fact]
    public void Pixels_are_taken_only_where_the_size_is_known()
    {
        var data = FlowerRow.Load(_ml);
        var pipeline = _ml.Transforms.LoadImages("Image", "", "ImagePath").Append(_ml.Transforms.ExtractPixels("Image"));

        Assert.Throws<ArgumentOutOfRangeException>(() => pipeline.Fit(data));
    }

    private MLImage Resize(MLImage image, int width, int height, ResizingKind kind, Anchor anchor = Anchor.Center)
    {
        var data = Load(image);
        return First<MLImage>(_ml.Transforms.ResizeImages("Out", width, height, "Image", kind, anchor).Fit(data).Transform(data), "Out");
    }

    private T[] Extract<T>(MLImage image, ColorBits colors = ColorBits.Rgb, ColorsOrder order = ColorsOrder.ARGB, bool interleave = false,
        float offset = 0, float scale = 1)
    {
        // A copy: reading disposes the image.
        using var copy = MLImage.CreateFromPixels(image.Width, image.Height, image.PixelFormat, image.Pixels);
        var data = Load(copy);
        var pixels = _ml.Transforms.ExtractPixels("Out", "Image", colors, order, interleave, offset, scale, typeof(T) == typeof(float));
        return [.. First<VBuffer<T>>(pixels.Fit(data).Transform(data), "Out").DenseValues()];
    }

    private IDataView Load(MLImage image) => _ml.Data.LoadFromEnumerable([new Picture { Image = image }]);

    private static MLImage Plain(MLPixelFormat format, byte[] pixel) => MLImage.CreateFromPixels(Width, Height, format,
        [.. Enumerable.Repeat(pixel, Width * Height).SelectMany(p => p)]);

    private static T First<T>(IDataView view, string name)
    {
        using var cursor = view.GetRowCursor([view.Schema[name]]);
        var getter = cursor.GetGetter<T>(view.Schema[name]);
        Assert.True(cursor.MoveNext());
        T value = default!;
        getter(ref value);
        return value;
    }

    private sealed class Picture
    {
        [ImageType(Height, Width)]
        public MLImage? Image { get; set; }
    }
}
