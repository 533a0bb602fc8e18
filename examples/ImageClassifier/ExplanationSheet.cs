using System.Xml.Linq;
using Microsoft.ML.Data;
using Tlb.ML;

namespace Tlb.Examples.ImageClassifier;

/// <summary>
/// A sheet of explained pictures in one SVG file: each picture, the attention over it, the predicted and the true class. As SVG, whoever
/// shows it draws the texts: no font and no drawing library is needed here, and class names of any script come out right.
/// </summary>
internal sealed class ExplanationSheet
{
    private const int PictureSize = 128;
    private const int Gap = 4;
    private const int CellWidth = 2 * PictureSize + Gap + 20;
    private const int CellHeight = PictureSize + 56;
    private const int Margin = 20;
    private const int Top = 68;
    private const int Columns = 4;
    private const int LongestText = 36;

    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    private readonly XElement _root;
    private int _count;

    /// <summary>Starts a sheet.</summary>
    /// <param name="title">The line at its top.</param>
    /// <param name="count">The pictures that will be added.</param>
    public ExplanationSheet(string title, int count)
    {
        var width = 2 * Margin + Math.Clamp(count, 3, Columns) * CellWidth;             // wide enough for the lines at the top
        var height = Top + (count + Columns - 1) / Columns * CellHeight;
        _root = new(Svg + "svg", Attributes(("width", width), ("height", height), ("viewBox", $"0 0 {width} {height}"), ("font-family", "sans-serif"), ("font-size", 13)),
            new XElement(Svg + "rect", Attributes(("width", "100%"), ("height", "100%"), ("fill", "white"))),
            Text(Margin, 30, title, "black", size: 16),
            Text(Margin, 52, "Left: the picture. Right: what the slow stream attended to, from black (least in this picture) over red to light yellow (most).", "#444444"));
    }

    /// <summary>Adds a picture.</summary>
    /// <param name="explanation">What the network made of it.</param>
    /// <param name="trueClass">Its class; null where that is not known.</param>
    /// <param name="path">Its file, relative to the folder: a sheet that is passed on tells nothing of the machine it was made on.</param>
    public void Add(ImageExplanation explanation, string? trueClass, string path)
    {
        using var picture = explanation.CreatePicture();
        using var overlay = explanation.CreateOverlay();
        var isRight = explanation.PredictedLabel == trueClass;
        var color = trueClass is null ? "black" : isRight ? "#15803d" : "#b91c1c";
        var (x, y) = (Margin + _count % Columns * CellWidth, Top + _count / Columns * CellHeight);
        _count++;
        _root.Add(new XElement(Svg + "g", Attributes(("transform", $"translate({x} {y})")),
            new XElement(Svg + "title", path),
            Image(0, picture),
            Image(PictureSize + Gap, overlay),
            Text(0, PictureSize + 18, FormattableString.Invariant($"{(isRight || trueClass is null ? "predicted" : "wrong:")} {Short(explanation.PredictedLabel)}, {explanation.Probability:P1}"), color),
            Text(0, PictureSize + 36, trueClass is null ? Short(Path.GetFileName(path)) : $"true class {Short(trueClass)}", "#444444")));
    }

    /// <summary>Writes the sheet.</summary>
    public void Save(TextWriter writer) => _root.Save(writer);

    private static XElement Image(int x, MLImage picture) => new(Svg + "image",
        Attributes(("x", x), ("width", PictureSize), ("height", PictureSize), ("image-rendering", "pixelated"), ("href", $"data:image/png;base64,{Convert.ToBase64String(Png.Encode(picture))}")));

    private static XElement Text(int x, int y, string text, string color, int? size = null) => new(Svg + "text",
        Attributes(("x", x), ("y", y), ("fill", color)), size is null ? null : new XAttribute("font-size", size), text);

    private static IEnumerable<XAttribute> Attributes(params (XName Name, object Value)[] values) => values.Select(value => new XAttribute(value.Name, value.Value));

    private static string Short(string text) => text.Length <= LongestText ? text : text[..(LongestText - 1)] + "…";
}
