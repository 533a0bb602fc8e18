using System.IO.Enumeration;

namespace Tlb.ML;

/// <summary>Reads the names of image files from a folder, in a fixed order. The images themselves are read by ML.NET's <c>LoadImages</c>.</summary>
public static class ImageFolder
{
    private const char AfterFolder = '/';

    private static readonly HashSet<string> Extensions = new(StringComparer.OrdinalIgnoreCase) { ".jpg", ".jpeg", ".png", ".bmp", ".gif", ".webp" };

    /// <summary>Reads a folder of labelled images: one sub-folder per class, named as the class; images may lie deeper.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="badImageCallback">
    /// Called for each file that is empty, cut short or no image, which is then left out; null (the default) to throw for the first.
    /// </param>
    /// <returns>The images, sorted by path: <see cref="ImageFile.Label"/> and <see cref="ImageFile.ImagePath"/>.</returns>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="ArgumentException">The folder holds no images, images without a sub-folder, or images of one class only.</exception>
    /// <exception cref="InvalidDataException">A file is empty, cut short or no image; the message names it.</exception>
    public static IReadOnlyList<ImageFile> Read(string folder, Action<BadImage>? badImageCallback = null)
    {
        var files = Find(folder, badImageCallback);
        if (files.FirstOrDefault(file => file.Label.Length == 0) is { } loose)
            throw new ArgumentException($"'{Path.Combine(folder, loose.ImagePath)}' lies directly in the folder; expected one sub-folder per class, named as the class.", nameof(folder));
        if (files.DistinctBy(file => file.Label).Take(2).Count() < 2)
            throw new ArgumentException($"All images of '{folder}' are in one sub-folder, '{files[0].Label}'; expected two or more, one per class.", nameof(folder));
        return files;
    }

    /// <summary>Finds all images of a folder, at any depth, whether they lie in a sub-folder per class or not.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="badImageCallback">As for <see cref="Read"/>.</param>
    /// <returns>The images, sorted by path; <see cref="ImageFile.Label"/> is empty for those directly in the folder.</returns>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="ArgumentException">The folder holds no images.</exception>
    /// <exception cref="InvalidDataException">A file is empty, cut short or no image; the message names it.</exception>
    public static IReadOnlyList<ImageFile> Find(string folder, Action<BadImage>? badImageCallback = null)
    {
        var files = Enumerate(folder, badImageCallback).ToList();
        return files.Count > 0
            ? files
            : throw new ArgumentException($"The folder '{folder}' holds no usable images ({string.Join(", ", Extensions)}).", nameof(folder));
    }

    /// <summary>Goes through the images of a folder as <see cref="Find"/> finds them, without holding more than the names of a sub-folder in memory.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="badImageCallback">As for <see cref="Read"/>.</param>
    /// <returns>The images in the order of their paths. They are looked for, and looked at, when they are asked for.</returns>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">A file is empty, cut short or no image; the message names it. Thrown when its turn comes.</exception>
    public static IEnumerable<ImageFile> Enumerate(string folder, Action<BadImage>? badImageCallback = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return Directory.Exists(folder) ? Below(folder, folder, badImageCallback) : throw new DirectoryNotFoundException($"The image folder '{folder}' doesn't exist.");
    }

    private static IEnumerable<ImageFile> Below(string root, string folder, Action<BadImage>? badImageCallback)
    {
        var names = Names(folder);
        Array.Sort(names, StringComparer.Ordinal);
        foreach (var name in names)
        {
            var path = Path.Combine(folder, name);
            if (name.EndsWith(AfterFolder))
            {
                foreach (var file in Below(root, path, badImageCallback))
                    yield return file;
            }
            else if (ImageFileCheck.FindProblem(path) is not { } problem)
                yield return ToImageFile(Path.GetRelativePath(root, path).Replace(Path.DirectorySeparatorChar, '/'));
            else if (badImageCallback is not null)
                badImageCallback(new(path, problem));
            else
                throw new InvalidDataException($"'{path}' can't be used: {problem}");
        }
    }

    /// <summary>The images and folders in a folder. Hidden ones are passed over. A slash after a folder's name gives the order of whole paths.</summary>
    private static string[] Names(string folder)
    {
        var extensions = Extensions.GetAlternateLookup<ReadOnlySpan<char>>();
        var entries = new FileSystemEnumerable<string>(
            folder, (ref FileSystemEntry entry) => entry.IsDirectory ? $"{entry.FileName}{AfterFolder}" : entry.FileName.ToString(), new EnumerationOptions())
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => entry.IsDirectory || extensions.Contains(Path.GetExtension(entry.FileName)),
        };
        return [.. entries];
    }

    private static ImageFile ToImageFile(string path)
    {
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        return new() { Label = slash < 0 ? "" : path[..slash], ImagePath = path };
    }
}
