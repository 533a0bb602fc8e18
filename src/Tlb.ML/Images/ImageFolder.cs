namespace Tlb.ML;

/// <summary>Reads the names of image files from a folder, in a fixed order. The images themselves are read by ML.NET's <c>LoadImages</c>.</summary>
public static class ImageFolder
{
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
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"The image folder '{folder}' doesn't exist.");
        var options = new EnumerationOptions { RecurseSubdirectories = true };       // passes over hidden files
        var files = new List<ImageFile>();
        foreach (var path in Directory.EnumerateFiles(folder, "*", options).Where(path => Extensions.Contains(Path.GetExtension(path))))
        {
            if (ImageFileCheck.FindProblem(path) is not { } problem)
                files.Add(ToImageFile(Path.GetRelativePath(folder, path).Replace(Path.DirectorySeparatorChar, '/')));
            else if (badImageCallback is not null)
                badImageCallback(new(path, problem));
            else
                throw new InvalidDataException($"'{path}' can't be used: {problem}");
        }
        if (files.Count == 0)
            throw new ArgumentException($"The folder '{folder}' holds no usable images ({string.Join(", ", Extensions)}).", nameof(folder));
        files.Sort((left, right) => string.CompareOrdinal(left.ImagePath, right.ImagePath));
        return files;
    }

    private static ImageFile ToImageFile(string path)
    {
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        return new() { Label = slash < 0 ? "" : path[..slash], ImagePath = path };
    }
}
