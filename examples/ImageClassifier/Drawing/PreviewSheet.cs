using System.Xml.Linq;
using Tlb.ML;
using static Tlb.Examples.ImageClassifier.SvgParts;

namespace Tlb.Examples.ImageClassifier;

/// <summary>Images of a training to come, each as it is and as the network will see it, with the name of its class: small ones are magnified.</summary>
internal static class PreviewSheet
{
    private const int PictureSize = 96;
    private const int Gap = 4;
    private const int CellWidth = 2 * PictureSize + Gap;
    private const int TextHeight = 22;
    private const int CellHeight = PictureSize + TextHeight;
    private const int CellGap = 16;
    private const int Margin = 20;
    private const int Top = 56;
    private const int LongestName = 26;

    /// <summary>Draws it.</summary>
    /// <param name="images">The images; one or more.</param>
    /// <param name="title">The line at its top.</param>
    public static XElement Draw(IReadOnlyList<PreviewedImage> images, string title)
    {
        var columns = Math.Min(images.Count, Math.Max(2, (int)Math.Round(Math.Sqrt(images.Count * (double)CellHeight / CellWidth))));   // about as high as wide
        var rows = (images.Count + columns - 1) / columns;
        var root = Picture(2 * Margin + Math.Max(2, columns) * (CellWidth + CellGap) - CellGap, Top + rows * (CellHeight + CellGap), 13).With(
            Text(title, Margin, 28, ("font-size", 17)),
            SoftText("Left: as it is. Right: as the network will see it.", Margin, 46));
        foreach (var (i, image) in images.Index())
            root.Add(Element("g", ("transform", $"translate({Margin + i % columns * (CellWidth + CellGap)} {Top + i / columns * (CellHeight + CellGap)})")).With(Cell(image)));
        return root;
    }

    private static object[] Cell(PreviewedImage image)
    {
        using var original = image.CreateOriginal();
        using var seen = image.CreatePicture();
        return
        [
            Element("title").With(image.Label),
            Image(0, 0, PictureSize, original),
            Image(PictureSize + Gap, 0, PictureSize, seen),
            Text(Name(image), 0, PictureSize + 16),
        ];
    }

    /// <summary>The class, and that of what is mixed into the image.</summary>
    private static string Name(PreviewedImage image) => image.MixedLabel is { } mixed
        ? FormattableString.Invariant($"{Short(image.Label, LongestName / 2 - 4)} {image.Share:P0}, {Short(mixed, LongestName / 2 - 4)} {1 - image.Share:P0}")
        : Short(image.Label, LongestName);
}
