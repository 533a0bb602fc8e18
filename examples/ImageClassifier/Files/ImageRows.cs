using System.CommandLine;
using Tlb.ML;

namespace Tlb.Examples.ImageClassifier;

/// <summary>The images of a folder as rows, with full paths: a saved model then scores images wherever they lie.</summary>
internal static class ImageRows
{
    public static readonly ProgramOption<bool> SkipBadImages = new("--skip-bad-images", "Reports images and folders that can't be read and goes on without them.");

    public static readonly ProgramOption<int> MaxPixels = new("--max-pixels", "The most pixels that an image may have: one with more is bad, and is not decoded.")
    {
        Range = "1 or more", DefaultValueFactory = _ => ImageFolder.DefaultMaximumPixels,
    };

    /// <summary>Images in one sub-folder per class.</summary>
    public static IReadOnlyList<ImageFile> Labelled(string folder, ParseResult arguments) =>
        [.. FullPaths(folder, ImageFolder.Read(folder, LeftOut.Callback(arguments.GetValue(SkipBadImages)), Bound(arguments), LeftOut.Add))];

    /// <summary>All images, labelled or not.</summary>
    public static IReadOnlyList<ImageFile> All(string folder, ParseResult arguments) =>
        [.. FullPaths(folder, ImageFolder.Find(folder, LeftOut.Callback(arguments.GetValue(SkipBadImages)), Bound(arguments), LeftOut.Add))];

    /// <summary>The images in sub-folders named as classes of a model. What others there are is said.</summary>
    public static IReadOnlyList<ImageFile> OfClasses(IReadOnlyList<string> classes, string folder, ParseResult arguments)
    {
        const int MostNames = 5;
        var images = All(folder, arguments);
        var names = classes.ToHashSet(StringComparer.Ordinal);
        var known = images.Where(image => names.Contains(image.Label)).ToList();
        if (known.Count == 0)
            throw new InvalidDataException($"No image of '{folder}' is in a sub-folder named as a class of the model ({Some(classes)}).");
        var others = images.Where(image => !names.Contains(image.Label)).Select(image => image.Label.Length > 0 ? image.Label : "none").Distinct(StringComparer.Ordinal).ToList();
        if (others.Count > 0)
            Console.Error.WriteLine(FormattableString.Invariant($"warning: {images.Count - known.Count:N0} of {images.Count:N0} images are left out: the model has no class of their sub-folder's name ({Some(others)})."));
        return known;

        static string Some(IReadOnlyList<string> all) => $"{string.Join(", ", all.Take(MostNames))}{(all.Count > MostNames ? ", ..." : "")}";
    }

    /// <summary>The last part of a folder's path.</summary>
    public static string NameOf(string folder) => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));

    /// <summary>The most pixels of an image, as the command's option says.</summary>
    public static int Bound(ParseResult arguments) => arguments.GetValue<int>(MaxPixels.Name) is >= 1 and var most
        ? most
        : throw new ArgumentException($"{MaxPixels.Name} is {arguments.GetValue<int>(MaxPixels.Name)}; expected 1 or more.");

    private static IEnumerable<ImageFile> FullPaths(string folder, IEnumerable<ImageFile> files)
    {
        var root = Path.GetFullPath(folder);
        return files.Select(file =>
        {
            file.ImagePath = Path.GetFullPath(file.ImagePath, root);
            return file;
        });
    }
}
