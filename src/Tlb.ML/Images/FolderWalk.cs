using System.IO.Enumeration;

namespace Tlb.ML;

/// <summary>Goes through the images of a folder and its sub-folders, each folder once, however many links lead to it.</summary>
/// <param name="root">The folder.</param>
/// <param name="maximumPixels">The most pixels of an image; null to go by the names alone, and open none.</param>
/// <param name="badImageCallback">Is told of what can't be used; null to throw.</param>
/// <param name="repeatedFolderCallback">Is told of links that aren't followed; null for nobody.</param>
internal sealed class FolderWalk(string root, int? maximumPixels, Action<BadImage>? badImageCallback, Action<BadImage>? repeatedFolderCallback)
{
    /// <summary>The file name extensions of images.</summary>
    public static readonly IReadOnlySet<string> Extensions = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { ".jpg", ".jpeg", ".png", ".bmp", ".gif", ".webp" };

    private const char AfterFolder = '/';

    // Hidden files and folders are passed over; what can't be read is not.
    private static readonly EnumerationOptions Options = new() { IgnoreInaccessible = false };

    private readonly HashSet<string> _visited = new(StringComparer.Ordinal);   // final paths: without links

    /// <summary>The final paths of all folders that are reached without a link. Asked for at the first link only: a folder is listed where it lies.</summary>
    private readonly Lazy<HashSet<string>> _withoutLinks = new(() => [.. FoldersBelow(FinalPath.Of(root))]);

    /// <summary>The images, in the order of their paths.</summary>
    public IEnumerable<ImageFile> Images() => Below(root, FinalPath.Of(root));

    private IEnumerable<ImageFile> Below(string folder, string finalPath)
    {
        _visited.Add(finalPath);
        if (Names(folder) is not { } names)
            yield break;
        Array.Sort(names, StringComparer.Ordinal);
        foreach (var name in names)
        {
            var path = Path.Combine(folder, name);
            if (name.EndsWith(AfterFolder))
            {
                path = path[..^1];
                if (FinalPathToVisit(path, Path.Combine(finalPath, name[..^1])) is { } next)
                    foreach (var file in Below(path, next))
                        yield return file;
            }
            else if (maximumPixels is { } most && ImageFileCheck.FindProblem(path, most) is { } problem)
                Report(path, problem);
            else
                yield return ToImageFile(Path.GetRelativePath(root, path).Replace(Path.DirectorySeparatorChar, '/'));
        }
    }

    /// <summary>The final path of a sub-folder; null where it isn't to be visited, which has been reported.</summary>
    private string? FinalPathToVisit(string folder, string finalPath)
    {
        var isLink = FinalPath.IsLink(folder);
        try
        {
            if (isLink)
                finalPath = FinalPath.Of(folder);
            if (!_visited.Contains(finalPath) && !(isLink && _withoutLinks.Value.Contains(finalPath)))
                return finalPath;
            repeatedFolderCallback?.Invoke(new(folder, $"the folder is '{finalPath}', whose images are listed already or will be."));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Report(folder, e.Message);
        }
        return null;
    }

    /// <summary>The images and folders in a folder; null where it can't be read, which has been reported. A slash after a folder's name gives the order of whole paths.</summary>
    private string[]? Names(string folder)
    {
        try
        {
            return [.. new FileSystemEnumerable<string>(
                folder, (ref FileSystemEntry entry) => entry.IsDirectory ? $"{entry.FileName}{AfterFolder}" : entry.FileName.ToString(), Options)
            {
                ShouldIncludePredicate = (ref FileSystemEntry entry) => entry.IsDirectory || IsImage(ref entry) || IsDangling(ref entry),
            }];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Report(folder, $"the folder can't be read: {e.Message}");
            return null;
        }
    }

    private static bool IsImage(ref FileSystemEntry entry) =>
        ((HashSet<string>)Extensions).GetAlternateLookup<ReadOnlySpan<char>>().Contains(Path.GetExtension(entry.FileName));

    /// <summary>Whether it is a link to nothing: a folder of images may have been there.</summary>
    private static bool IsDangling(ref FileSystemEntry entry)
    {
        if (!entry.Attributes.HasFlag(FileAttributes.ReparsePoint))
            return false;
        try
        {
            return new FileInfo(entry.ToFullPath()).ResolveLinkTarget(returnFinalTarget: true) is { Exists: false };
        }
        catch (IOException)                                                  // a circle of links
        {
            return true;
        }
    }

    private void Report(string path, string problem)
    {
        if (badImageCallback is null)
            throw new InvalidDataException($"'{path}' can't be used: {problem}");
        badImageCallback(new(path, problem));
    }

    /// <summary>A folder and all those in it that no link leads to. Those that can't be read have nothing in them.</summary>
    private static IEnumerable<string> FoldersBelow(string folder) => Directory.EnumerateDirectories(folder, "*", new EnumerationOptions
    {
        RecurseSubdirectories = true, AttributesToSkip = new EnumerationOptions().AttributesToSkip | FileAttributes.ReparsePoint,
    }).Prepend(folder);

    private static ImageFile ToImageFile(string path)
    {
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        return new() { Label = slash < 0 ? "" : path[..slash], ImagePath = path };
    }
}
