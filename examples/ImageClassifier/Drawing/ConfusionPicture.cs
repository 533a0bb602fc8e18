using System.Xml.Linq;
using Spectre.Console.Rendering;
using static Tlb.Examples.ImageClassifier.SvgParts;

namespace Tlb.Examples.ImageClassifier;

/// <summary>Which classes are taken for which, as one SVG picture: a cell for each pair of classes, the darker the larger the share of the true class.</summary>
internal static class ConfusionPicture
{
    private const int Margin = 20;
    private const int Top = 70;
    private const int Gap = 6;
    private const int PictureSize = 1200;                                    // about, where there are many classes
    private const int LargestCell = 34;
    private const int SmallestCell = 8;
    private const int SmallestCellWithCount = 26;
    private const int LargestFont = 13;
    private const double LetterWidth = 0.62;                                 // in font sizes, at most on average

    /// <summary>Draws it.</summary>
    /// <param name="evaluation">What was measured.</param>
    /// <param name="title">The line at its top.</param>
    public static XElement Draw(Evaluation evaluation, string title)
    {
        var (names, counts) = (evaluation.ClassNames, evaluation.Counts);
        var cell = Math.Clamp(PictureSize / names.Count, SmallestCell, LargestCell);
        var font = Math.Min(LargestFont, cell - 2);
        var namesWidth = (int)Math.Ceiling(names.Max(name => new Segment(name).CellCount()) * font * LetterWidth);
        var (left, top, side) = (Margin + namesWidth + Gap, Top + namesWidth + Gap, cell * names.Count);
        var (width, height) = (Math.Max(left + side + Margin, 480), top + side + Margin);
        var root = Picture(width, height, font).With(
            Text(title, Margin, 30, ("font-size", 17)),
            SoftText("Rows: the true class. Columns: the predicted one. Full colour: all of the row.", Margin, 52, ("font-size", 12)),
            Element("rect", ("class", "grid"), ("x", left), ("y", top), ("width", side), ("height", side), ("fill", "none"), ("stroke", "#999999")));
        for (var i = 0; i < names.Count; i++)
        {
            var middle = i * cell + cell / 2.0 + font * 0.35;
            root.Add(
                Text(names[i], left - Gap, top + middle, ("text-anchor", "end")),
                Text(names[i], 0, 0, ("transform", FormattableString.Invariant($"translate({left + middle} {top - Gap}) rotate(-90)"))));
            var images = counts[i].Sum();
            for (var j = 0; j < names.Count; j++)
                if (counts[i][j] > 0)                                        // of many classes most pairs are none
                    root.Add(Cell(left + j * cell, top + i * cell, cell, counts[i][j], images, $"{names[i]} taken for {names[j]}"));
        }
        return root;
    }

    private static XElement Cell(int x, int y, int size, double count, double images, string what)
    {
        const double Least = 0.08;                                           // the least share can be told from none
        var share = count / images;
        var group = Element("g").With(
            Element("title").With(FormattableString.Invariant($"{what}: {count:F0} of {images:F0}")),
            Element("rect", ("class", "cell"), ("x", x), ("y", y), ("width", size), ("height", size), ("fill", "#08306b"), ("fill-opacity", Math.Round(Least + (1 - Least) * share, 3))));
        if (size >= SmallestCellWithCount)
            group.Add(Element("text", ("class", share > 0.5 ? "on-cell" : "ink"), ("x", x + size / 2.0), ("y", y + size / 2.0 + 4), ("text-anchor", "middle"), ("font-size", 10), ("fill", share > 0.5 ? "white" : "black"))
                .With(FormattableString.Invariant($"{count:F0}")));
        return group;
    }
}
