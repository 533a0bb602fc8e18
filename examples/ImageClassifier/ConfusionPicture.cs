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

    private static readonly (int Red, int Green, int Blue) Dark = (8, 48, 107);

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
        var root = Element("svg", ("width", width), ("height", height), ("viewBox", $"0 0 {width} {height}"), ("font-family", "sans-serif"), ("font-size", font));
        root.Add(
            Element("rect", ("width", "100%"), ("height", "100%"), ("fill", "white")),
            Text(title, Margin, 30, ("font-size", 17)),
            Text("Rows: the true class. Columns: the predicted one. Dark: a large share of the row.", Margin, 52, ("font-size", 12), ("fill", "#444444")),
            Element("rect", ("x", left), ("y", top), ("width", side), ("height", side), ("fill", "none"), ("stroke", "#999999")));
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
        var share = count / images;
        var group = new XElement(Svg + "g",
            new XElement(Svg + "title", FormattableString.Invariant($"{what}: {count:F0} of {images:F0}")),
            Element("rect", ("x", x), ("y", y), ("width", size), ("height", size), ("fill", $"#{Shade(Dark.Red):X2}{Shade(Dark.Green):X2}{Shade(Dark.Blue):X2}")));
        if (size >= SmallestCellWithCount)
            group.Add(Text(FormattableString.Invariant($"{count:F0}"), x + size / 2.0, y + size / 2.0 + 4, ("text-anchor", "middle"), ("font-size", 10), ("fill", share > 0.5 ? "white" : "black")));
        return group;

        // The least share can be told from none.
        int Shade(int dark) => (int)Math.Round(255 + (dark - 255) * (0.08 + 0.92 * share));
    }

    private static XElement Text(string text, double x, double y, params IEnumerable<(XName Name, object Value)> attributes) =>
        new(Svg + "text", Attributes(("x", x), ("y", y)), Attributes(attributes), text);

    private static XElement Element(string name, params IEnumerable<(XName Name, object Value)> attributes) => new(Svg + name, Attributes(attributes));
}
