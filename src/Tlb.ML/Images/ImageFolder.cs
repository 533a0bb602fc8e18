namespace Tlb.ML;

/// <summary>Reads the names of image files from a folder, in a fixed order. The images themselves are read by <see cref="TlbTransformsCatalog.DecodeImages"/>.</summary>
/// <remarks>
/// Links to files and folders are followed, each folder once: a link to one that lies in the folder too, or that another link led to, is
/// passed over. So are hidden files and folders. Each file's header is read, and what it says is bounded before anything is decoded.
/// </remarks>
public static class ImageFolder
{
    /// <summary>The most pixels of an image where nothing else is said: 100,000,000, which take 400 MB decoded.</summary>
    public const int DefaultMaximumPixels = 100_000_000;

    /// <summary>
    /// The size that most images of a folder have, to resize all to: the middle of the longer sides of its first 200 images, in pixels. Only
    /// their headers are read.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="ArgumentException">It holds no usable images.</exception>
    public static int TypicalSize(string folder)
    {
        const int Enough = 200;
        List<int> sizes = [];
        foreach (var file in Enumerate(folder, badImageCallback: _ => { }))
        {
            if (ImageHeader.Read(Path.Combine(folder, file.ImagePath)) is { } header)
                sizes.Add(Math.Max(header.Width, header.Height));
            if (sizes.Count == Enough)
                break;
        }
        if (sizes.Count == 0)
            throw NoImages(folder);
        sizes.Sort();
        return sizes[sizes.Count / 2];
    }

    /// <summary>Reads a folder of labelled images: one sub-folder per class, named as the class; images may lie deeper.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="badImageCallback">
    /// Called for each file that is empty, cut short, no image, larger than <paramref name="maximumPixels"/> or can't be read, and for each
    /// folder that can't be read, which is then left out; null (the default) to throw for the first.
    /// </param>
    /// <param name="maximumPixels">The most pixels that an image may have, 1 or more; its file may have four times as many bytes, and 16 MB in any case. Default 100,000,000.</param>
    /// <param name="repeatedFolderCallback">Called for each link to a folder whose images are listed at another path, which is then passed over. Default null.</param>
    /// <returns>The images, sorted by path: <see cref="ImageFile.Label"/> and <see cref="ImageFile.ImagePath"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maximumPixels"/> is below 1.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="ArgumentException">The folder holds no images, images without a sub-folder, or images of one class only.</exception>
    /// <exception cref="InvalidDataException">A file or folder can't be used; the message names it and says why.</exception>
    public static IReadOnlyList<ImageFile> Read(
        string folder, Action<BadImage>? badImageCallback = null, int maximumPixels = DefaultMaximumPixels, Action<BadImage>? repeatedFolderCallback = null)
    {
        var files = Find(folder, badImageCallback, maximumPixels, repeatedFolderCallback);
        if (files.FirstOrDefault(file => file.Label.Length == 0) is { } loose)
            throw new ArgumentException($"'{Path.Combine(folder, loose.ImagePath)}' lies directly in the folder; expected one sub-folder per class, named as the class.", nameof(folder));
        if (files.DistinctBy(file => file.Label).Take(2).Count() < 2)
            throw new ArgumentException($"All images of '{folder}' are in one sub-folder, '{files[0].Label}'; expected two or more, one per class.", nameof(folder));
        return files;
    }

    /// <summary>Finds all images of a folder, at any depth, whether they lie in a sub-folder per class or not.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="badImageCallback">As for <see cref="Read"/>.</param>
    /// <param name="maximumPixels">As for <see cref="Read"/>.</param>
    /// <param name="repeatedFolderCallback">As for <see cref="Read"/>.</param>
    /// <returns>The images, sorted by path; <see cref="ImageFile.Label"/> is empty for those directly in the folder.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maximumPixels"/> is below 1.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="ArgumentException">The folder holds no images.</exception>
    /// <exception cref="InvalidDataException">A file or folder can't be used; the message names it and says why.</exception>
    public static IReadOnlyList<ImageFile> Find(
        string folder, Action<BadImage>? badImageCallback = null, int maximumPixels = DefaultMaximumPixels, Action<BadImage>? repeatedFolderCallback = null)
    {
        var files = Enumerate(folder, badImageCallback, maximumPixels, repeatedFolderCallback).ToList();
        return files.Count > 0 ? files : throw NoImages(folder);
    }

    /// <summary>Goes through the images of a folder as <see cref="Find"/> finds them, without holding more than the names of a sub-folder in memory.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="badImageCallback">As for <see cref="Read"/>.</param>
    /// <param name="maximumPixels">As for <see cref="Read"/>.</param>
    /// <param name="repeatedFolderCallback">As for <see cref="Read"/>.</param>
    /// <returns>The images in the order of their paths. They are looked for, and looked at, when they are asked for.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maximumPixels"/> is below 1.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">A file or folder can't be used; the message names it and says why. Thrown when its turn comes.</exception>
    public static IEnumerable<ImageFile> Enumerate(
        string folder, Action<BadImage>? badImageCallback = null, int maximumPixels = DefaultMaximumPixels, Action<BadImage>? repeatedFolderCallback = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentOutOfRangeException.ThrowIfLessThan(maximumPixels, 1);
        return Directory.Exists(folder) ? Images() : throw new DirectoryNotFoundException($"The image folder '{folder}' doesn't exist.");

        // A walk for each time that they are gone through: it remembers where it has been.
        IEnumerable<ImageFile> Images()
        {
            foreach (var file in new FolderWalk(folder, maximumPixels, badImageCallback, repeatedFolderCallback).Images())
                yield return file;
        }
    }

    /// <summary>
    /// Goes through the paths of the images of a folder, at any depth, by their names alone: no file is opened, as is best for a list of
    /// millions. <see cref="ImageFile.FindProblem"/> finds what is wrong with one of them, when its turn comes.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="badFolderCallback">Called for each folder that can't be read, which is then left out; null (the default) to throw for the first.</param>
    /// <param name="repeatedFolderCallback">As for <see cref="Read"/>.</param>
    /// <returns>The paths, relative to the folder, with forward slashes, in their order. They are looked for when they are asked for.</returns>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">A folder can't be read; the message names it and says why. Thrown when its turn comes.</exception>
    public static IEnumerable<string> EnumeratePaths(string folder, Action<BadImage>? badFolderCallback = null, Action<BadImage>? repeatedFolderCallback = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return Directory.Exists(folder) ? Paths() : throw new DirectoryNotFoundException($"The image folder '{folder}' doesn't exist.");

        IEnumerable<string> Paths()
        {
            foreach (var file in new FolderWalk(folder, maximumPixels: null, badFolderCallback, repeatedFolderCallback).Images())
                yield return file.ImagePath;
        }
    }

    private static ArgumentException NoImages(string folder) =>
        new($"The folder '{folder}' holds no usable images ({string.Join(", ", FolderWalk.Extensions)}).", nameof(folder));
}
