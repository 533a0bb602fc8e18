using Tlb.ML;

namespace Tlb.Examples.ImageFolder;

/// <summary>The images of a folder as rows, with full paths: a saved model then scores images wherever they lie.</summary>
internal static class ImageRows
{
    /// <summary>Images in one sub-folder per class.</summary>
    public static IReadOnlyList<ImageFile> Labelled(string folder, bool skipBadImages) => FullPaths(folder, Tlb.ML.ImageFolder.Read(folder, skipBadImages ? Report.BadImage : null));

    /// <summary>All images, labelled or not.</summary>
    public static IReadOnlyList<ImageFile> All(string folder, bool skipBadImages) => FullPaths(folder, Tlb.ML.ImageFolder.Find(folder, skipBadImages ? Report.BadImage : null));

    private static IReadOnlyList<ImageFile> FullPaths(string folder, IReadOnlyList<ImageFile> files)
    {
        foreach (var file in files)
            file.ImagePath = Path.GetFullPath(file.ImagePath, Path.GetFullPath(folder));
        return files;
    }
}
