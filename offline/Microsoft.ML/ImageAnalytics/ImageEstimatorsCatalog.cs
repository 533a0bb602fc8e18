using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace Microsoft.ML;

/// <summary>What makes estimators for images.</summary>
public static class ImageEstimatorsCatalog
{
    /// <summary>Loads image files as images.</summary>
    public static ImageLoadingEstimator LoadImages(this TransformsCatalog catalog, string outputColumnName, string imageFolder,
        string inputColumnName = null) =>
        new(CatalogUtils.GetEnvironment(catalog), imageFolder, true, (outputColumnName, inputColumnName ?? outputColumnName));

    /// <summary>Loads image files as the bytes they hold.</summary>
    public static ImageLoadingEstimator LoadRawImageBytes(this TransformsCatalog catalog, string outputColumnName, string imageFolder,
        string inputColumnName = null) =>
        new(CatalogUtils.GetEnvironment(catalog), imageFolder, false, (outputColumnName, inputColumnName ?? outputColumnName));

    /// <summary>Takes the pixels of images as vectors.</summary>
    public static ImagePixelExtractingEstimator ExtractPixels(this TransformsCatalog catalog, string outputColumnName,
        string inputColumnName = null,
        ImagePixelExtractingEstimator.ColorBits colorsToExtract = ImagePixelExtractingEstimator.Defaults.Colors,
        ImagePixelExtractingEstimator.ColorsOrder orderOfExtraction = ImagePixelExtractingEstimator.Defaults.Order,
        bool interleavePixelColors = false, float offsetImage = ImagePixelExtractingEstimator.Defaults.Offset,
        float scaleImage = ImagePixelExtractingEstimator.Defaults.Scale,
        bool outputAsFloatArray = ImagePixelExtractingEstimator.Defaults.Convert) =>
        new(CatalogUtils.GetEnvironment(catalog), outputColumnName, inputColumnName, colorsToExtract, orderOfExtraction,
            interleavePixelColors, offsetImage, scaleImage, outputAsFloatArray);

    /// <summary>Resizes images.</summary>
    public static ImageResizingEstimator ResizeImages(this TransformsCatalog catalog, string outputColumnName, int imageWidth,
        int imageHeight, string inputColumnName = null,
        ImageResizingEstimator.ResizingKind resizing = ImageResizingEstimator.ResizingKind.IsoCrop,
        ImageResizingEstimator.Anchor cropAnchor = ImageResizingEstimator.Anchor.Center) =>
        new(CatalogUtils.GetEnvironment(catalog), outputColumnName, imageWidth, imageHeight, inputColumnName, resizing, cropAnchor);
}
