namespace Tlb.ML.Tests.ModelFormat;

public class MLImageTests
{
    private static readonly (int, int, int) Flower = (200, 40, 90);

    [Fact]
    public void Pixels_are_taken_as_they_are()
    {
        byte[] pixels = [1, 2, 3, 255, 4, 5, 6, 255];

        using var image = MLImage.CreateFromPixels(2, 1, MLPixelFormat.Rgba32, pixels);
        pixels[0] = 9;

        Assert.Equal((2, 1, 32, MLPixelFormat.Rgba32), (image.Width, image.Height, image.BitsPerPixel, image.PixelFormat));
        Assert.Equal([1, 2, 3, 255, 4, 5, 6, 255], image.Pixels.ToArray());
        Assert.Equal([3, 2, 1, 6, 5, 4], image.GetBGRPixels);
    }

    [Fact]
    public void BGR_pixels_of_both_orders_are_the_same()
    {
        using var bgra = MLImage.CreateFromPixels(1, 1, MLPixelFormat.Bgra32, [10, 20, 30, 255]);
        using var rgba = MLImage.CreateFromPixels(1, 1, MLPixelFormat.Rgba32, [30, 20, 10, 255]);

        Assert.Equal([10, 20, 30], bgra.GetBGRPixels);
        Assert.Equal(bgra.GetBGRPixels, rgba.GetBGRPixels);
    }

    [Theory]
    [InlineData(0, 1, MLPixelFormat.Bgra32, 0)]
    [InlineData(1, -1, MLPixelFormat.Bgra32, 4)]
    [InlineData(1, 1, MLPixelFormat.Bgra32, 3)]
    [InlineData(1, 1, MLPixelFormat.Unknown, 4)]
    public void Pixels_that_do_not_fit_are_refused(int width, int height, MLPixelFormat format, int size)
    {
        Assert.Throws<ArgumentException>(() => MLImage.CreateFromPixels(width, height, format, new byte[size]));
    }

    [Fact]
    public void A_tag_is_kept()
    {
        using var image = Pixels.Image(1, 1, (_, _) => Flower);
        Assert.Null(image.Tag);

        image.Tag = "rose";

        Assert.Equal("rose", image.Tag);
    }

    [Fact]
    public void A_disposed_image_has_nothing_left()
    {
        var image = Pixels.Image(1, 1, (_, _) => Flower);
        image.Dispose();
        image.Dispose();

        Assert.Throws<InvalidOperationException>(() => image.Width);
        Assert.Throws<InvalidOperationException>(() => image.Height);
        Assert.Throws<InvalidOperationException>(() => image.PixelFormat);
        Assert.Throws<InvalidOperationException>(() => image.BitsPerPixel);
        Assert.Throws<InvalidOperationException>(() => image.Pixels.Length);
        Assert.Throws<InvalidOperationException>(() => image.GetBGRPixels);
        Assert.Throws<InvalidOperationException>(() => image.Tag);
        Assert.Throws<InvalidOperationException>(() => image.Save("x.png"));
    }

    [Theory]
    [InlineData(MLPixelFormat.Bgra32)]
    [InlineData(MLPixelFormat.Rgba32)]
    public void PNG_keeps_every_pixel(MLPixelFormat format)
    {
        using var folder = new TempFolder();
        using var image = Pixels.Image(17, 5, (x, y) => (15 * x, 50 * y, x * y), format);

        image.Save(folder["flower.png"]);
        using var loaded = MLImage.CreateFromFile(folder["flower.png"]);

        Assert.Equal((17, 5, MLPixelFormat.Bgra32), (loaded.Width, loaded.Height, loaded.PixelFormat));
        Assert.Equal(Pixels.All(image), Pixels.All(loaded));
    }

    [Theory]
    [InlineData("flower.jpg")]
    [InlineData("flower.JPEG")]
    public void JPEG_keeps_soft_colors_nearly(string name)
    {
        using var folder = new TempFolder();
        using var image = Pixels.Image(40, 24, (x, y) => (6 * x, 10 * y, 128));

        image.Save(folder[name]);
        using var loaded = MLImage.CreateFromFile(folder[name]);

        Assert.Equal((40, 24, MLPixelFormat.Bgra32), (loaded.Width, loaded.Height, loaded.PixelFormat));
        Assert.All(Pixels.All(image).Zip(Pixels.All(loaded)), pair =>
        {
            Assert.InRange(pair.First.R - pair.Second.R, -8, 8);
            Assert.InRange(pair.First.G - pair.Second.G, -8, 8);
            Assert.InRange(pair.First.B - pair.Second.B, -8, 8);
            Assert.Equal(255, pair.Second.A);
        });
    }

    [Theory]
    [InlineData("flower")]
    [InlineData("flower.txt")]
    [InlineData("flower.gif")]
    public void Other_extensions_are_refused(string name)
    {
        using var folder = new TempFolder();
        using var image = Pixels.Image(1, 1, (_, _) => Flower);

        Assert.Throws<ArgumentException>(() => image.Save(folder[name]));
        Assert.False(File.Exists(folder[name]));
    }

    [Fact]
    public void A_folder_that_is_not_there_is_refused()
    {
        using var folder = new TempFolder();
        using var image = Pixels.Image(1, 1, (_, _) => Flower);

        Assert.Throws<DirectoryNotFoundException>(() => image.Save(folder["none/flower.png"]));
    }

    [Fact]
    public void Null_is_refused()
    {
        Assert.Throws<ArgumentNullException>(() => MLImage.CreateFromFile(null));
        Assert.Throws<ArgumentNullException>(() => MLImage.CreateFromStream(null));
    }

    [Theory]
    [InlineData("")]
    [InlineData("FF")]
    [InlineData("FFD8FF")]
    [InlineData("89504E470D0A1A0A")]
    [InlineData("4E6F7420616E20696D6167652C206A75737420746578742E")]
    public void What_is_no_image_is_refused(string hex)
    {
        using var folder = new TempFolder();
        File.WriteAllBytes(folder["bad.jpg"], Convert.FromHexString(hex));
        using var stream = new MemoryStream(Convert.FromHexString(hex));

        Assert.Throws<ArgumentException>(() => MLImage.CreateFromFile(folder["bad.jpg"]));
        Assert.Throws<ArgumentException>(() => MLImage.CreateFromStream(stream));
        Assert.Throws<ArgumentException>(() => MLImage.CreateFromFile(folder["none.jpg"]));
    }

    [Fact]
    public void A_stream_is_read_from_where_it_stands()
    {
        using var folder = new TempFolder();
        using (var image = Pixels.Image(3, 2, (_, _) => Flower))
            image.Save(folder["flower.png"]);
        using var stream = new MemoryStream([1, 2, 3, .. File.ReadAllBytes(folder["flower.png"])]);
        stream.Position = 3;

        using var loaded = MLImage.CreateFromStream(stream);

        Assert.Equal((3, 2), (loaded.Width, loaded.Height));
    }

    [Fact]
    public void Every_kind_of_PNG_becomes_colors()
    {
        (int, int, int, int)[] expected = [(10, 10, 10, 255), (200, 200, 200, 255)];
        byte[] palette = [200, 200, 200, 10, 10, 10];

        Assert.Equal(expected, Decode(PngFile.Write(PngFile.Gray, 2, [[10, 200]])));
        Assert.Equal(expected, Decode(PngFile.Write(PngFile.Rgb, 2, [[10, 10, 10, 200, 200, 200]])));
        Assert.Equal(expected, Decode(PngFile.Write(PngFile.Palette, 2, [[1, 0]], ("PLTE", palette))));
        Assert.Equal(expected, Decode(PngFile.Write(PngFile.GrayAlpha, 2, [[10, 255, 200, 255]])));
        Assert.Equal(expected, Decode(PngFile.Write(PngFile.Rgba, 2, [[10, 10, 10, 255, 200, 200, 200, 255]])));
    }

    [Fact]
    public void Colors_are_multiplied_by_their_alpha()
    {
        var png = PngFile.Write(PngFile.Rgba, 2, [[255, 100, 0, 51, 77, 88, 99, 0]]);

        using var image = MLImage.CreateFromStream(new MemoryStream(png));

        Assert.Equal([(51, 20, 0, 51), (0, 0, 0, 0)], Pixels.All(image));
        Assert.Equal([0, 100, 255, 0, 0, 0], image.GetBGRPixels);
    }

    [Fact]
    public void Samples_are_not_converted_by_the_gamma_that_a_file_names()
    {
        // 1.0, as some programs write for linear light.
        var png = PngFile.Write(PngFile.Gray, 1, [[100]], ("gAMA", [0x00, 0x01, 0x86, 0xA0]));

        Assert.Equal([(100, 100, 100, 255)], Decode(png));
    }

    [Fact]
    public void Images_are_decoded_on_many_threads()
    {
        using var folder = new TempFolder();
        for (var i = 0; i < 8; i++)
        {
            using var image = Pixels.Image(50 + i, 40, (x, y) => (x + 20 * i, y, 7 * i));
            image.Save(folder[$"{i}.jpg"]);
            image.Save(folder[$"{i}.png"]);
        }
        var files = Directory.GetFiles(folder.Path);
        var expected = files.Select(Load).ToList();

        Parallel.For(0, 400, i => Assert.Equal(expected[i % files.Length], Load(files[i % files.Length])));

        static byte[] Load(string path)
        {
            using var image = MLImage.CreateFromFile(path);
            return image.Pixels.ToArray();
        }
    }

    private static (int, int, int, int)[] Decode(byte[] file)
    {
        using var image = MLImage.CreateFromStream(new MemoryStream(file));
        return Pixels.All(image);
    }
}
