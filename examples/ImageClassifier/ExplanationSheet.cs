using System.Xml.Linq;
using Microsoft.ML.Data;
using Tlb.Core;
using Tlb.ML;
using static Tlb.Examples.ImageClassifier.SvgParts;

namespace Tlb.Examples.ImageClassifier;

/// <summary>
/// A sheet of explained pictures in one SVG file: each picture, the attention over it, that of each state vector where they are asked for,
/// the predicted and the true class. As SVG, whoever shows it draws the texts: no font and no drawing library is needed here, and class
/// names of any script come out right.
/// </summary>
internal sealed class ExplanationSheet
{
    private const int PictureSize = 128;
    private const int Gap = 4;
    private const int PairWidth = 2 * PictureSize + Gap;
    private const int CellGap = 20;
    private const int CellWidth = PairWidth + CellGap;
    private const int LegendHeight = 20;
    private const int TextHeight = 56;
    private const int Margin = 20;
    private const int Top = 56;
    private const int Columns = 4;
    private const int LongestText = 22;
    private const int StateColumns = 4;
    private const double StateSize = (PairWidth - (StateColumns - 1) * Gap) / (double)StateColumns;
    private const double Opacity = 0.6;                                      // of maps over the picture

    private readonly XElement _root;
    private readonly bool _showsStates;
    private readonly int _statesHeight;
    private int _count;

    /// <summary>Starts a sheet.</summary>
    /// <param name="title">The line at its top.</param>
    /// <param name="count">The pictures that will be added.</param>
    /// <param name="states">The maps of state vectors that each will have; 0 to leave them out.</param>
    public ExplanationSheet(string title, int count, int states)
    {
        _showsStates = states > 0;
        _statesHeight = _showsStates ? (int)Math.Ceiling(Rows(states, StateColumns) * (StateSize + Gap)) - Gap + LegendHeight : 0;
        var width = 2 * Margin + Math.Clamp(count, 2, Columns) * CellWidth - CellGap;             // wide enough for the line at the top
        var height = Top + Rows(count, Columns) * CellHeight;
        _root = new(Svg + "svg", Attributes(("width", width), ("height", height), ("viewBox", $"0 0 {width} {height}"), ("font-family", "sans-serif"), ("font-size", 15)),
            new XElement(Svg + "defs", new XElement(Svg + "linearGradient", Attributes(("id", "inferno")), Stops())),
            new XElement(Svg + "rect", Attributes(("width", "100%"), ("height", "100%"), ("fill", "white"))),
            Text(Margin, 34, title, "black", size: 18));
    }

    private int CellHeight => PictureSize + LegendHeight + _statesHeight + TextHeight;

    /// <summary>Adds a picture.</summary>
    /// <param name="explanation">What the network made of it.</param>
    /// <param name="trueClass">Its class; null where that is not known.</param>
    /// <param name="path">Its file, relative to the folder: a sheet that is passed on tells nothing of the machine it was made on.</param>
    public void Add(ImageExplanation explanation, string? trueClass, string path)
    {
        using var picture = explanation.CreatePicture();
        using var overlay = explanation.CreateOverlay();
        bool? isRight = trueClass is null ? null : explanation.PredictedLabel == trueClass;
        var (name, bottom) = ($"picture{_count}", PictureSize + LegendHeight + _statesHeight);
        _root.Add(new XElement(Svg + "g", Attributes(("transform", $"translate({Margin + _count % Columns * CellWidth} {Top + _count / Columns * CellHeight})")),
            new XElement(Svg + "title", path),
            Image(0, 0, PictureSize, picture, ("id", name)),
            Image(PictureSize + Gap, 0, PictureSize, overlay),
            Legend(PictureSize, "attention", [explanation.Attention]),
            _showsStates ? States(explanation.StateAttention, name) : null,
            isRight is { } right ? Mark(right, bottom + 8) : null,
            Text(isRight is null ? 0 : 20, bottom + 18, FormattableString.Invariant($"{(isRight is false ? "wrong:" : "predicted")} {Short(explanation.PredictedLabel)}, {explanation.Probability:P1}"), Color(isRight)),
            Text(isRight is null ? 0 : 20, bottom + 37, trueClass is null ? Short(Path.GetFileName(path)) : $"true class {Short(trueClass)}", "#444444")));
        _count++;
    }

    /// <summary>Writes the sheet.</summary>
    public void Save(TextWriter writer) => _root.Save(writer);

    /// <summary>A small map of each state vector over the picture, token by token. All have one scale: they can be compared.</summary>
    private static XElement States(IReadOnlyList<AttentionMap> maps, string picture)
    {
        var (least, most) = Range(maps);
        var group = new XElement(Svg + "g", Attributes(("transform", $"translate(0 {PictureSize + LegendHeight})")));
        foreach (var (i, map) in maps.Index())
        {
            double x = i % StateColumns * (StateSize + Gap), y = i / StateColumns * (StateSize + Gap);
            using var colors = Paint(map, least, most);
            group.Add(
                new XElement(Svg + "use", Attributes(("href", $"#{picture}"), ("transform", FormattableString.Invariant($"translate({x} {y}) scale({StateSize / PictureSize})")))),
                Image(x, y, StateSize, colors, ("opacity", Opacity)));
        }
        group.Add(Legend(Rows(maps.Count, StateColumns) * (StateSize + Gap) - Gap, "of each state vector", maps));
        return group;
    }

    /// <summary>The map in colours, a pixel for each token.</summary>
    private static MLImage Paint(AttentionMap map, float least, float most)
    {
        const int Channels = 4;
        var pixels = new byte[map.Values.Count * Channels];                  // [G, G, 4]
        for (var i = 0; i < map.Values.Count; i++)
        {
            var (red, green, blue) = Inferno.Color((map.Values[i] - least) / (most - least));
            (pixels[i * Channels], pixels[i * Channels + 1], pixels[i * Channels + 2], pixels[i * Channels + 3]) = ((byte)MathF.Round(red), (byte)MathF.Round(green), (byte)MathF.Round(blue), byte.MaxValue);
        }
        return MLImage.CreateFromPixels(map.GridSize, map.GridSize, MLPixelFormat.Rgba32, pixels);
    }

    /// <summary>The colours from the least to the most attention of some maps, at their lower edge.</summary>
    private static XElement Legend(double y, string what, IReadOnlyList<AttentionMap> maps)
    {
        const int Left = PictureSize + Gap, NumberWidth = 30, Height = 7;
        var (least, most) = Range(maps);
        return new(Svg + "g", Attributes(("font-size", 12), ("transform", FormattableString.Invariant($"translate(0 {y})"))),
            Text(0, 14, what, "#444444"),
            Text(Left, 14, FormattableString.Invariant($"{least:0.00}"), "#444444"),
            new XElement(Svg + "rect", Attributes(("x", Left + NumberWidth), ("y", 6), ("width", PictureSize - 2 * NumberWidth), ("height", Height), ("fill", "url(#inferno)"))),
            Text(PairWidth, 14, FormattableString.Invariant($"{most:0.00}"), "#444444", anchor: "end"));
    }

    private static (float Least, float Most) Range(IReadOnlyList<AttentionMap> maps) => (maps.Min(map => map.Values.Min()), maps.Max(map => map.Values.Max()));

    private static IEnumerable<XElement> Stops()
    {
        const int Steps = 9;                                                 // the colours between are straight lines in this many steps
        for (var i = 0; i <= Steps; i++)
        {
            var (red, green, blue) = Inferno.Color(i / (float)Steps);
            yield return new(Svg + "stop", Attributes(("offset", FormattableString.Invariant($"{i / (float)Steps:0.###}")), ("stop-color", $"#{(byte)red:X2}{(byte)green:X2}{(byte)blue:X2}")));
        }
    }

    /// <summary>A tick or a cross: right and wrong are told apart without their colours too.</summary>
    private static XElement Mark(bool isRight, int y) => new(Svg + "path",
        Attributes(("d", isRight ? "M1 5 L6 10 L14 -1" : "M2 -1 L12 10 M12 -1 L2 10"), ("transform", $"translate(0 {y})"), ("fill", "none"), ("stroke", Color(isRight)), ("stroke-width", 3)));

    private static string Color(bool? isRight) => isRight switch { null => "black", true => "#15803d", false => "#b91c1c" };

    private static XElement Image(double x, double y, double size, MLImage picture, params (XName Name, object Value)[] more) => new(Svg + "image",
        Attributes(("x", x), ("y", y), ("width", size), ("height", size), ("image-rendering", "pixelated"), ("href", $"data:image/png;base64,{Convert.ToBase64String(Png.Encode(picture))}")), Attributes(more));

    private static XElement Text(int x, int y, string text, string color, int? size = null, string? anchor = null) => new(Svg + "text",
        Attributes(("x", x), ("y", y), ("fill", color)), size is null ? null : new XAttribute("font-size", size), anchor is null ? null : new XAttribute("text-anchor", anchor), text);

    private static int Rows(int count, int columns) => (count + columns - 1) / columns;

    private static string Short(string text) => text.Length <= LongestText ? text : text[..(LongestText - 1)] + "…";
}
