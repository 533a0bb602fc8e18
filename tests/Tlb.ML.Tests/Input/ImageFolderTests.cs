using static Tlb.ML.Tests.TestImages;

namespace Tlb.ML.Tests;

public sealed class ImageFolderTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Sub_folders_are_the_labels_and_the_order_is_fixed()
    {
        Write(_folder.Path, 6);
        Directory.CreateDirectory(_folder["left/deeper"]);
        File.Move(_folder["left/0003.png"], _folder["left/deeper/0003.PNG"]);
        File.WriteAllText(_folder["left/notes.txt"], "not an image");
        File.WriteAllText(_folder["left/.hidden.jpg"], "");
        Assert.Equal(
            ["left left/0000.jpg", "left left/deeper/0003.PNG", "middle middle/0001.jpg", "middle middle/0004.png", "right right/0002.jpg", "right right/0005.png"],
            ImageFolder.Read(_folder.Path).Select(file => $"{file.Label} {file.ImagePath}"));
    }

    [Fact]
    public void Paths_are_those_of_all_images_in_the_same_order_and_no_file_is_opened()
    {
        Write(_folder.Path, 30);
        Directory.CreateDirectory(_folder["left/deeper"]);
        File.Move(_folder["left/0003.png"], _folder["left/deeper/0003.PNG"]);
        File.WriteAllText(_folder["left.txt"], "not an image");
        Assert.Equal(ImageFolder.Find(_folder.Path).Select(file => file.ImagePath), ImageFolder.EnumeratePaths(_folder.Path));
        File.WriteAllText(_folder["left/0000.jpg"], "no image, which is not seen");
        var paths = ImageFolder.EnumeratePaths(_folder.Path);
        Assert.Equal(30, paths.Count());
        Assert.Equal(30, paths.Count());                                     // it may be gone through again
        Assert.Throws<DirectoryNotFoundException>(() => ImageFolder.EnumeratePaths(_folder["none"]));
    }

    [Fact]
    public void Images_without_a_sub_folder_are_found_but_not_read_as_labelled()
    {
        Write(_folder.Path, 3);
        File.Move(_folder["left/0000.jpg"], _folder["0000.jpg"]);
        Assert.Equal(["", "middle", "right"], ImageFolder.Find(_folder.Path).Select(file => file.Label));
        Assert.Contains("lies directly in the folder; expected one sub-folder per class", Assert.Throws<ArgumentException>(() => ImageFolder.Read(_folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_an_empty_and_a_one_class_folder_are_refused()
    {
        Assert.Equal($"The image folder '{_folder["none"]}' doesn't exist.", Assert.Throws<DirectoryNotFoundException>(() => ImageFolder.Read(_folder["none"])).Message);
        Assert.StartsWith($"The folder '{_folder.Path}' holds no usable images (.jpg", Assert.Throws<ArgumentException>(() => ImageFolder.Read(_folder.Path)).Message, StringComparison.Ordinal);
        Write(_folder.Path, 1);
        Assert.StartsWith($"All images of '{_folder.Path}' are in one sub-folder, 'left'; expected two or more", Assert.Throws<ArgumentException>(() => ImageFolder.Read(_folder.Path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("middle/0001.jpg", 0, "the file is empty, or no file but a pipe, a socket or a device.")]
    [InlineData("middle/0001.jpg", 0.6, "the file is cut short: its end is missing.")]
    [InlineData("middle/0004.png", 0.6, "the file is cut short: its end is missing.")]
    public void A_damaged_file_is_named_or_reported(string name, double kept, string problem)
    {
        Write(_folder.Path, 6);
        var bytes = File.ReadAllBytes(_folder[name]);
        File.WriteAllBytes(_folder[name], bytes[..(int)(bytes.Length * kept)]);
        Refused(name, problem);
    }

    [Fact]
    public void A_file_that_is_no_image_is_named_or_reported()
    {
        Write(_folder.Path, 6);
        File.WriteAllText(_folder["right/0002.jpg"], "this is a text, whatever its name says");
        Refused("right/0002.jpg", "the file is not a JPEG, PNG, BMP, GIF or WebP image.");
    }

    private void Refused(string name, string problem)
    {
        Assert.Equal($"'{_folder[name]}' can't be used: {problem}", Assert.Throws<InvalidDataException>(() => ImageFolder.Read(_folder.Path)).Message);
        var reported = new List<BadImage>();
        Assert.Equal(5, ImageFolder.Read(_folder.Path, reported.Add).Count);
        Assert.Equal(new BadImage(_folder[name], problem), Assert.Single(reported));
    }
}
