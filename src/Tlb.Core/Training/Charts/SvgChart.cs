using System.Globalization;
using System.Text;
using System.Xml.Linq;

namespace Tlb.Core;

/// <summary>A chart of curves over two axes, and SVG documents of such charts.</summary>
/// <remarks>A page that shows one can give it other colours by its classes: <c>paper</c>, <c>grid</c>, <c>line</c>, and <c>ink</c> for texts.</remarks>
internal sealed class SvgChart
{
    private const int Width = 460, Height = 340;                             // pixels
    private const int Left = 62, Right = 20, Top = 62, Bottom = 48;          // its margins
    private const int Middle = (Left + Width - Right) / 2;
    private const int MostMarkers = 40;                                      // with more values the points would hide the line

    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    private readonly PlotAxis _x;
    private readonly PlotAxis _y;
    private readonly XElement _group = new(Svg + "g");

    /// <summary>Draws the frame of a chart.</summary>
    /// <param name="title">What stands above it.</param>
    /// <param name="xTitle">What stands below it.</param>
    /// <param name="x">The axis to the right.</param>
    /// <param name="y">The axis upwards.</param>
    public SvgChart(string title, string xTitle, PlotAxis x, PlotAxis y)
    {
        (_x, _y) = (x, y);
        _group.Add(Text(title, Middle, 24, "middle", ("font-size", 15), ("font-weight", "bold")));
        foreach (var tick in y.Ticks())
            _group.Add(
                Element("line", ("x1", Left), ("y1", Y(tick)), ("x2", Width - Right), ("y2", Y(tick)), ("stroke", "#e4e4e4"), ("class", "grid")),
                Text(y.Label(tick), Left - 8, Y(tick) + 4, "end"));
        foreach (var tick in x.Ticks())
            _group.Add(
                Element("line", ("x1", X(tick)), ("y1", Height - Bottom), ("x2", X(tick)), ("y2", Height - Bottom + 5), ("stroke", "#333333"), ("class", "line")),
                Text(x.Label(tick), X(tick), Height - Bottom + 19, "middle"));
        _group.Add(
            Element("path", ("d", $"M{Left} {Top}V{Height - Bottom}H{Width - Right}"), ("fill", "none"), ("stroke", "#333333"), ("class", "line")),
            Text(xTitle, Middle, Height - 10, "middle"));
    }

    /// <summary>Makes a document of charts side by side.</summary>
    /// <param name="title">What browsers show as its title.</param>
    /// <param name="charts">The charts.</param>
    public static string Document(string title, params IReadOnlyList<SvgChart> charts)
    {
        var root = Element("svg", ("viewBox", $"0 0 {charts.Count * Width} {Height}"), ("width", charts.Count * Width), ("height", Height), ("role", "img"),
            ("font-family", "Helvetica, Arial, sans-serif"), ("font-size", 12), ("fill", "#333333"));
        root.Add(new XElement(Svg + "title", title), Element("rect", ("width", "100%"), ("height", "100%"), ("fill", "#ffffff"), ("class", "paper")));
        for (var i = 0; i < charts.Count; i++)
        {
            charts[i]._group.SetAttributeValue("transform", $"translate({i * Width} 0)");
            root.Add(charts[i]._group);
        }
        return root.ToString();
    }

    /// <summary>Draws curves, with their names beneath the title; says so if there are none.</summary>
    /// <param name="places">The places to the right of their values.</param>
    /// <param name="curves">The curves; a value that is null leaves a gap.</param>
    public void Add(IReadOnlyList<double> places, params IReadOnlyList<(string Name, string Color, double?[] Values)> curves)
    {
        if (curves.Count == 0)
            _group.Add(Text("no values", Middle, (Top + Height - Bottom) / 2, "middle"));
        for (var i = 0; i < curves.Count; i++)
        {
            var (name, color, values) = curves[i];
            var legend = Middle + (i * 2 - curves.Count) * 50 + 8;           // 100 pixels each
            _group.Add(Element("line", ("x1", legend), ("y1", 44), ("x2", legend + 20), ("y2", 44), ("stroke", color), ("stroke-width", 2)));
            _group.Add(Text(name, legend + 26, 48, "start"));
            _group.Add(Curve(places, values, color));
        }
    }

    /// <summary>Marks a place to the right by a line from top to bottom.</summary>
    /// <param name="place">The place.</param>
    /// <param name="text">What stands beside it.</param>
    public void Mark(double place, string text)
    {
        var isLeft = _x.Place(place) > 0.35;                                 // the text has room there
        _group.Add(
            Element("line", ("x1", X(place)), ("y1", Top), ("x2", X(place)), ("y2", Height - Bottom), ("stroke", "#333333"), ("stroke-dasharray", "4 3"), ("class", "line")),
            Text(text, X(place) + (isLeft ? -6 : 6), Top + 12, isLeft ? "end" : "start"));
    }

    /// <summary>A line through neighbouring values, and a marker at each where they are few or stand alone.</summary>
    private XElement Curve(IReadOnlyList<double> places, double?[] values, string color)
    {
        var path = new StringBuilder();
        var group = Element("g");
        for (var i = 0; i < values.Length; i++)
        {
            if (values[i] is not { } value)
                continue;
            var (left, top) = (X(places[i]), Y(value));
            var (follows, leads) = (i > 0 && values[i - 1].HasValue, i + 1 < values.Length && values[i + 1].HasValue);
            path.Append(CultureInfo.InvariantCulture, $"{(follows ? 'L' : 'M')}{left} {top}");
            if (values.Length <= MostMarkers || !(follows || leads))
                group.Add(Element("circle", ("cx", left), ("cy", top), ("r", 2.5), ("fill", color)));
        }
        group.AddFirst(Element("path", ("d", path), ("fill", "none"), ("stroke", color), ("stroke-width", 2), ("stroke-linejoin", "round")));
        return group;
    }

    private double X(double value) => Math.Round(Left + _x.Place(value) * (Width - Left - Right), 2);

    private double Y(double value) => Math.Round(Height - Bottom - _y.Place(value) * (Height - Top - Bottom), 2);

    private static XElement Text(string text, double x, double y, string anchor, params ReadOnlySpan<(string Name, object Value)> more)
    {
        var element = Element("text", [("x", x), ("y", y), ("text-anchor", anchor), ("class", "ink"), .. more]);
        element.Add(text);
        return element;
    }

    /// <summary>An element with attributes; LINQ to XML escapes texts and writes numbers the same in every culture.</summary>
    private static XElement Element(string name, params ReadOnlySpan<(string Name, object Value)> attributes)
    {
        var element = new XElement(Svg + name);
        foreach (var (attribute, value) in attributes)
            element.SetAttributeValue(attribute, value);
        return element;
    }
}
