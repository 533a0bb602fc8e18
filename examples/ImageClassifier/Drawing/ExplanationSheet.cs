using System.Xml.Linq;
using Microsoft.ML.Data;
using Tlb.Core;
using Tlb.ML;
using static Tlb.Examples.ImageClassifier.SvgParts;

namespace Tlb.Examples.ImageClassifier;

/// <summary>
/// A sheet of explained pictures: each picture, the attention over it, that of each state vector where they are asked for, the predicted
/// and the true class.
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
        Picture = SvgParts.Picture(width, height, 15).With(
            Element("defs").With(Element("linearGradient", ("id", "inferno")).With([.. Stops()])),
            Text(title, Margin, 34, ("font-size", 18)));
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
        Picture.Add(Element("g", ("transform", $"translate({Margin + _count % Columns * CellWidth} {Top + _count / Columns * CellHeight})")).With(
            Element("title").With(path),
            Image(0, 0, PictureSize, picture, ("id", name)),
            Image(PictureSize + Gap, 0, PictureSize, overlay),
            Legend(PictureSize, "attention", [explanation.Attention]),
            _showsStates ? States(explanation.StateAttention, name) : null,
            isRight is { } right ? Mark(right, bottom + 8) : null,
            Element("text", ("class", Class(isRight)), ("x", isRight is null ? 0 : 20), ("y", bottom + 18), ("fill", Color(isRight))).With(
                FormattableString.Invariant($"{(isRight is false ? "wrong:" : "predicted")} {Short(explanation.PredictedLabel, LongestText)}, {explanation.Probability:P1}")),
            SoftText(trueClass is null ? Short(Path.GetFileName(path), LongestText) : $"true class {Short(trueClass, LongestText)}", isRight is null ? 0 : 20, bottom + 37)));
        _count++;
    }

    /// <summary>The sheet.</summary>
    public XElement Picture { get; }

    /// <summary>A small map of each state vector over the picture, token by token. All have one scale: they can be compared.</summary>
    private static XElement States(IReadOnlyList<AttentionMap> maps, string picture)
    {
        var (least, most) = Range(maps);
        var group = Element("g", ("transform", $"translate(0 {PictureSize + LegendHeight})"));
        foreach (var (i, map) in maps.Index())
        {
            double x = i % StateColumns * (StateSize + Gap), y = i / StateColumns * (StateSize + Gap);
            using var colors = Paint(map, least, most);
            group.Add(
                Element("use", ("href", $"#{picture}"), ("transform", FormattableString.Invariant($"translate({x} {y}) scale({StateSize / PictureSize})"))),
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
        return Element("g", ("font-size", 12), ("transform", FormattableString.Invariant($"translate(0 {y})"))).With(
            SoftText(what, 0, 14),
            SoftText(FormattableString.Invariant($"{least:0.00}"), Left, 14),
            Element("rect", ("x", Left + NumberWidth), ("y", 6), ("width", PictureSize - 2 * NumberWidth), ("height", Height), ("fill", "url(#inferno)")),
            SoftText(FormattableString.Invariant($"{most:0.00}"), PairWidth, 14, ("text-anchor", "end")));
    }

    private static (float Least, float Most) Range(IReadOnlyList<AttentionMap> maps) => (maps.Min(map => map.Values.Min()), maps.Max(map => map.Values.Max()));

    private static IEnumerable<XElement> Stops()
    {
        const int Steps = 9;                                                 // the colours between are straight lines in this many steps
        for (var i = 0; i <= Steps; i++)
        {
            var (red, green, blue) = Inferno.Color(i / (float)Steps);
            yield return Element("stop", ("offset", FormattableString.Invariant($"{i / (float)Steps:0.###}")), ("stop-color", $"#{(byte)red:X2}{(byte)green:X2}{(byte)blue:X2}"));
        }
    }

    /// <summary>A tick or a cross: right and wrong are told apart without their colours too.</summary>
    private static XElement Mark(bool isRight, int y) => Element(
        "path", ("class", $"{Class(isRight)}-mark"), ("d", isRight ? "M1 5 L6 10 L14 -1" : "M2 -1 L12 10 M12 -1 L2 10"), ("transform", $"translate(0 {y})"), ("fill", "none"), ("stroke", Color(isRight)), ("stroke-width", 3));

    private static string Class(bool? isRight) => isRight switch { null => "ink", true => "right", false => "wrong" };

    private static string Color(bool? isRight) => isRight switch { null => "black", true => "#15803d", false => "#b91c1c" };

    private static int Rows(int count, int columns) => (count + columns - 1) / columns;
}
