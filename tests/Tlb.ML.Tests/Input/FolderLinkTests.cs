using System.Runtime.Versioning;
using Tlb.Tests;
using static Tlb.ML.Tests.TestImages;

namespace Tlb.ML.Tests;

/// <summary>Folders as they are: links, pipes, and what can't be read.</summary>
public sealed class FolderLinkTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly List<BadImage> _bad = [];
    private readonly List<BadImage> _repeated = [];

    public FolderLinkTests() => Write(_folder["data"], 6);

    public void Dispose() => _folder.Dispose();

    [LinkFact]
    public void A_link_to_a_parent_or_to_another_class_lists_no_image_twice()
    {
        Link("data/again", "left");                                          // sorts before the folder itself
        Link("data/left/up", "..");
        Link("data/right/whole", "../../data");
        Link("data/right/whole-again", "../../data");
        Assert.Equal(Files("left", "middle", "right"), Find());
        Assert.Equal(["data/again", "data/left/up", "data/right/whole-again", "data/right/whole"], Names(_repeated));
        Assert.Empty(_bad);
        Assert.EndsWith("left', whose images are listed already or will be.", _repeated[0].Problem, StringComparison.Ordinal);
        Assert.Equal(Find(), ImageFolder.Read(_folder["data"]).Select(file => file.ImagePath));   // no callback: they are passed over all the same
    }

    [LinkFact]
    public void A_folder_outside_is_listed_at_the_first_link_to_it_and_links_in_it_end()
    {
        Write(_folder["outside/deep"], 3, seed: 2);
        Link("outside/deep/circle", "../../outside");
        Link("outside/deep/back", "../../data");
        Link("data/first", "../outside");
        Link("data/second", "../outside");
        Link("data/third", "../outside/deep");
        Assert.Equal([.. Files("first/deep/left"), .. Files("left", "middle", "right")], Find().Where(file => !file.Contains("deep/middle", StringComparison.Ordinal) && !file.Contains("deep/right", StringComparison.Ordinal)));
        Assert.Equal(9, Find().Count);
        Assert.Equal(["data/first/deep/back", "data/first/deep/circle", "data/second", "data/third"], Names(_repeated)[^4..]);
    }

    [LinkFact]
    public void A_link_whose_way_goes_up_from_another_link_is_known_for_what_it_is()
    {
        Directory.CreateDirectory(_folder["elsewhere/inner"]);
        Link("data/aside", "../elsewhere/inner");
        Link("data/left/loop", "../aside/../../data");                       // elsewhere/../data, not data/../../data
        Link("data/right/loop", "../aside/../../data");
        Assert.Equal(Files("left", "middle", "right"), Find());
        Assert.Equal(["data/left/loop", "data/right/loop"], Names(_repeated));
    }

    [LinkFact]
    public void A_link_to_a_file_is_an_image_and_a_link_as_the_folder_works()
    {
        Link("data/left/same.png", "../middle/0004.png");
        Link("alias", "data");
        Assert.Equal(7, ImageFolder.Read(_folder["data"]).Count);
        Assert.Equal(ImageFolder.Read(_folder["data"]).Select(file => file.ImagePath), ImageFolder.Read(_folder["alias"]).Select(file => file.ImagePath));
    }

    [LinkFact]
    public void A_link_to_nothing_is_named_whether_it_was_an_image_or_a_class()
    {
        Link("data/left/gone.jpg", "nowhere.jpg");
        Link("data/lost", "/nowhere/lost");
        Link("data/round", "round");
        Link("data/notes", "left/notes.txt");
        File.WriteAllText(_folder["data/left/notes.txt"], "a file that is there and no image");
        Assert.Equal(6, Find().Count);
        Assert.Equal(["data/left/gone.jpg", "data/lost", "data/round"], Names(_bad));
        Assert.Equal($"it is a link to '{_folder["data/left/nowhere.jpg"]}', which doesn't exist.", _bad[0].Problem);
        Assert.Contains("data/left/gone.jpg' can't be used: it is a link to ", Assert.Throws<InvalidDataException>(() => ImageFolder.Read(_folder["data"])).Message, StringComparison.Ordinal);
    }

    /// <summary>In a second process, which ends: to open a pipe is to wait for someone who writes into it.</summary>
    [LinkFact]
    public void Pipes_and_devices_are_no_images_and_are_not_opened()
    {
        Start("mkfifo", _folder["data/left/pipe.jpg"]);
        Link("data/left/linked.jpg", "pipe.jpg");
        Link("data/right/zero.png", "/dev/zero");
        var (status, output) = ImageClassifierProgram.Run(["preview", "--data", _folder["data"], "--output", _folder["sheet.png"], "--skip-bad-images"]);
        Assert.True(status == 0, output);
        foreach (var name in new[] { "data/left/linked.jpg", "data/left/pipe.jpg", "data/right/zero.png" })
            Assert.Contains($"left out: {_folder[name]}: the file is empty, or no file but a pipe, a socket or a device.", output, StringComparison.Ordinal);
        Assert.Contains($"warning: 3 left out: {_folder["data/left/linked.jpg"]}; ", output, StringComparison.Ordinal);
        Assert.NotNull(ImageFile.FindProblem(_folder["data/left/pipe.jpg"]));
    }

    [LinkFact]
    [UnsupportedOSPlatform("windows")]
    public void A_class_folder_that_may_not_be_read_is_named()
    {
        File.SetUnixFileMode(_folder["data/middle"], UnixFileMode.None);
        try
        {
            if (CanRead(_folder["data/middle"]))
                return;                                                      // the administrator may read all
            Assert.Equal(Files("left", "right"), Find());
            Assert.Equal("data/middle", Assert.Single(Names(_bad)));
            Assert.Contains("data/middle' can't be used: the folder can't be read: ", Assert.Throws<InvalidDataException>(() => ImageFolder.Read(_folder["data"])).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.SetUnixFileMode(_folder["data/middle"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Fact]
    public void A_class_folder_that_vanishes_while_the_images_are_gone_through_is_named()
    {
        var files = new List<string>();
        foreach (var file in ImageFolder.Enumerate(_folder["data"], _bad.Add))
        {
            files.Add(file.ImagePath);
            if (Directory.Exists(_folder["data/middle"]))
                Directory.Delete(_folder["data/middle"], recursive: true);
        }
        Assert.Equal(Files("left", "right"), files);
        Assert.Equal("data/middle", Assert.Single(Names(_bad)));
        Assert.StartsWith("the folder can't be read: ", _bad[0].Problem, StringComparison.Ordinal);
    }

    private List<string> Find()
    {
        _bad.Clear();
        _repeated.Clear();
        return [.. ImageFolder.Find(_folder["data"], _bad.Add, repeatedFolderCallback: _repeated.Add).Select(file => file.ImagePath)];
    }

    /// <summary>What <see cref="Write"/> wrote below some folders.</summary>
    private List<string> Files(params string[] folders) =>
        [.. folders.SelectMany(folder => Directory.EnumerateFiles(_folder[$"data/{folder}"]).Where(file => !file.EndsWith(".txt", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(file => $"{folder}/{Path.GetFileName(file)}"))];

    private List<string> Names(List<BadImage> images) => [.. images.Select(image => Path.GetRelativePath(_folder.Path, image.Where).Replace('\\', '/'))];

    private void Link(string name, string target) => File.CreateSymbolicLink(_folder[name], target);

    private static bool CanRead(string folder)
    {
        try
        {
            return Directory.GetFiles(folder).Length > 0;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static void Start(string program, string argument)
    {
        using var process = new ChildProcess(program, argument);
        Assert.Equal(0, process.ExitCode);
    }

    /// <summary>Not on Windows, where not everyone may make links, and there are no such pipes.</summary>
    private sealed class LinkFactAttribute : FactAttribute
    {
        public LinkFactAttribute() => Skip = OperatingSystem.IsWindows() ? "symbolic links and pipes of Unix" : null;
    }
}
