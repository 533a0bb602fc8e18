namespace Tlb.ML;

/// <summary>Adds the decoding of images to <c>mlContext.Transforms</c>.</summary>
public static class TlbTransformsCatalog
{
    /// <summary>
    /// Creates an <see cref="ImageDecodingEstimator"/>, which reads and decodes images, upright and none larger than it may be: in place of
    /// ML.NET's <c>LoadImages</c>, whose arguments it takes.
    /// </summary>
    /// <param name="catalog">The transforms.</param>
    /// <param name="outputColumnName">The column of images to add.</param>
    /// <param name="imageFolder">The folder that paths go on from, unless they are full ones; null (the default) for the folder that the program runs in.</param>
    /// <param name="inputColumnName">The column of paths (text), of the bytes of files (a vector of bytes) or of images; null (the default) for <paramref name="outputColumnName"/>.</param>
    /// <exception cref="ArgumentException">A name is empty.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static ImageDecodingEstimator DecodeImages(this TransformsCatalog catalog, string outputColumnName, string? imageFolder = null, string? inputColumnName = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentException.ThrowIfNullOrEmpty(outputColumnName);
        inputColumnName ??= outputColumnName;
        ArgumentException.ThrowIfNullOrEmpty(inputColumnName);
        if (string.IsNullOrEmpty(imageFolder))
            imageFolder = null;
        else if (!Directory.Exists(imageFolder))
            throw new DirectoryNotFoundException($"The image folder '{imageFolder}' doesn't exist.");
        else
            imageFolder = Path.GetFullPath(imageFolder);
        return new(new(Environments.Of(catalog), outputColumnName, imageFolder, inputColumnName));
    }
}
