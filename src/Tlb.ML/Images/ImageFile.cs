namespace Tlb.ML;

/// <summary>An image file of a folder: a row for <c>mlContext.Data.LoadFromEnumerable</c>.</summary>
public sealed class ImageFile
{
    /// <summary>The most pixels that <see cref="FindProblem"/> lets an image have where nothing else is said: 25,000,000, which take 100 MB decoded.</summary>
    public const int DefaultMaximumPixels = 25_000_000;

    /// <summary>The class: the name of the sub-folder that holds the file. Empty for a file directly in the folder.</summary>
    public string Label { get; set; } = "";

    /// <summary>The file's path, relative to the folder that was read, with forward slashes.</summary>
    public string ImagePath { get; set; } = "";

    /// <summary>
    /// Finds what is wrong with an image file before it is decoded: for a file from a stranger, which else takes the memory that its
    /// header asks for. <see cref="ImageFolder"/> does it with every file of a folder.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="maximumPixels">The most pixels that it may have, 1 or more. Default 25,000,000.</param>
    /// <returns>
    /// What is wrong: it doesn't exist, can't be read, is empty, no file, cut short, no JPEG, PNG, BMP, GIF or WebP image, or too large. Null
    /// for a file that looks like a whole image; whether it can be decoded only decoding tells.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maximumPixels"/> is below 1.</exception>
    public static string? FindProblem(string path, int maximumPixels = DefaultMaximumPixels)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentOutOfRangeException.ThrowIfLessThan(maximumPixels, 1);
        return ImageFileCheck.FindProblem(path, maximumPixels);
    }
}
