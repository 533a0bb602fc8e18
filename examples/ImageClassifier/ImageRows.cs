using Tlb.ML;

namespace Tlb.Examples.ImageClassifier;

/// <summary>The images of a folder as rows, with full paths: a saved model then scores images wherever they lie.</summary>
internal static class ImageRows
{
    /// <summary>Images in one sub-folder per class.</summary>
    public static IReadOnlyList<ImageFile> Labelled(string folder, bool skipBadImages) => [.. FullPaths(folder, ImageFolder.Read(folder, Callback(skipBadImages)))];

    /// <summary>All images, labelled or not.</summary>
    public static IReadOnlyList<ImageFile> All(string folder, bool skipBadImages) => [.. FullPaths(folder, ImageFolder.Find(folder, Callback(skipBadImages)))];

    /// <summary>The same, one after the other: however many there are, they take no memory.</summary>
    public static IEnumerable<ImageFile> Stream(string folder, bool skipBadImages) => FullPaths(folder, ImageFolder.Enumerate(folder, Callback(skipBadImages)));

    /// <summary>The name of the sub-folder that an image lies in; empty for one directly in the folder.</summary>
    public static string LabelOf(string folder, string path)
    {
        var parts = Path.GetRelativePath(folder, path).Split(Path.DirectorySeparatorChar);
        return parts.Length > 1 ? parts[0] : "";
    }

    private static Action<BadImage>? Callback(bool skipBadImages) => skipBadImages ? Report.BadImage : null;

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
