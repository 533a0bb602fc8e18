using static Tlb.ML.Tests.CraftedImages;

namespace Tlb.ML.Tests;

/// <summary>What is found out about a file before it is decoded.</summary>
public sealed class ImageFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public static TheoryData<string> Pictures => [.. RealFiles.Select(file => Path.GetFileName(file))];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Pictures))]
    public void The_header_of_every_format_is_read_and_bounds_the_pixels(string name)
    {
        var path = RealFiles.Single(file => Path.GetFileName(file) == name);
        using var image = MLImage.CreateFromFile(path);
        var pixels = image.Width * image.Height;
        Assert.Null(ImageFile.FindProblem(path, pixels));
        if (pixels > 1)
            Assert.Equal(
                $"the image is {image.Width}x{image.Height} pixels; expected no more than {pixels - 1} in all. Make it smaller, or raise maximumPixels.",
                ImageFile.FindProblem(path, pixels - 1));
    }

    [Theory]
    [MemberData(nameof(Pictures))]
    public void A_file_of_every_format_that_is_cut_short_is_found(string name)
    {
        var bytes = File.ReadAllBytes(RealFiles.Single(file => Path.GetFileName(file) == name));
        foreach (var kept in new[] { 0.3, 0.6, 0.9 })
            Assert.NotNull(ProblemOf(bytes[..(int)(bytes.Length * kept)]));
    }

    [Fact]
    public void The_header_is_found_behind_long_segments_and_where_it_is_unusual()
    {
        var jpeg = File.ReadAllBytes(RealFiles.Single(file => file.EndsWith("baseline.jpg", StringComparison.Ordinal)));
        byte[] comment = [0xFF, 0xFE, 0xFF, 0xFF, .. new byte[0xFFFD]];
        Assert.Null(ProblemOf([.. jpeg[..2], .. comment, .. comment, .. jpeg[2..]], 24 * 18));
        Assert.StartsWith("the image is 24x18 pixels; ", ProblemOf([.. jpeg[..2], .. comment, .. comment, .. jpeg[2..]], 24 * 18 - 1), StringComparison.Ordinal);
        // Fill bytes between segments: the decoder reads over them.
        Assert.StartsWith("the image is 24x18 pixels; ", ProblemOf([.. jpeg[..2], 0xFF, 0xFF, .. jpeg[2..]], 24 * 18 - 1), StringComparison.Ordinal);
    }

    [Fact]
    public void A_header_that_makes_no_sense_is_found()
    {
        Assert.Equal("the file is damaged: its header can't be read.", ProblemOf([0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 0, 0, 1, 2, 3, 4, 0xFF, 0xD9]));
        var png = BlackPng(1, 1);
        png[16] = 0xFF;
        Assert.Equal("the image is -16777215x1 pixels.", ProblemOf(png));
    }

    [Fact]
    public void Scans_that_go_over_a_JPEG_again_and_again_are_bounded()
    {
        var jpeg = File.ReadAllBytes(RealFiles.Single(file => file.EndsWith("progressive.jpg", StringComparison.Ordinal)));
        const int pixels = 24 * 18;
        Assert.Null(ProblemOf(jpeg, pixels));
        Assert.Null(ProblemOf(ManyScans(jpeg, 50)));                         // a small picture: no matter
        Assert.Equal(
            "the 24x18 pixels of the image are gone through 60 times to decode it; expected no more than 8,640 pixels in all, 20 times maximumPixels. Save it anew.",
            ProblemOf(ManyScans(jpeg, 50), pixels));
    }

    [Fact]
    public void A_file_of_more_bytes_than_its_pixels_can_take_is_not_read()
    {
        using (var file = File.Create(_folder["long.bmp"]))
        {
            file.Write(File.ReadAllBytes(RealFiles.Single(name => name.EndsWith("plain.bmp", StringComparison.Ordinal))));
            file.SetLength(200_000_000);                                     // a hole: takes no space on most disks
        }
        Assert.Equal("the file has 200,000,000 bytes; expected no more than 100,000,000, for images of up to 25,000,000 pixels.", ImageFile.FindProblem(_folder["long.bmp"]));
        Assert.Null(ImageFile.FindProblem(_folder["long.bmp"], 50_000_000));
    }

    [Fact]
    public void A_missing_file_and_a_folder_are_no_images()
    {
        Assert.Equal("there is no such file.", ImageFile.FindProblem(_folder["nowhere.png"]));
        Assert.Equal("there is no such file.", ImageFile.FindProblem(_folder.Path));
        Assert.Throws<ArgumentOutOfRangeException>(() => ImageFile.FindProblem(_folder.Path, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => ImageFolder.Enumerate(_folder.Path, maximumPixels: 0));
    }

    private string? ProblemOf(byte[] bytes, int maximumPixels = ImageFile.DefaultMaximumPixels)
    {
        File.WriteAllBytes(_folder["file"], bytes);
        return ImageFile.FindProblem(_folder["file"], maximumPixels);
    }
}
