using System.Globalization;
using System.Text;
using System.Xml.Linq;

namespace Tlb.Core;

/// <summary>Draws the curves of a training run as SVG.</summary>
internal static class HistoryPlot
{
    private const int Width = 460, Height = 340;                             // of one chart, pixels
    private const int Left = 62, Right = 20, Top = 62, Bottom = 48;          // its margins
    private const int MostMarkers = 40;                                      // with more epochs the points would hide the line

    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    /// <summary>Draws loss and accuracy side by side.</summary>
    public static string Draw(IReadOnlyList<EpochRecord> epochs)
    {
        var root = Element("svg", ("viewBox", $"0 0 {2 * Width} {Height}"), ("width", 2 * Width), ("height", Height), ("role", "img"),
            ("font-family", "Helvetica, Arial, sans-serif"), ("font-size", 12), ("fill", "#333333"));
        root.Add(new XElement(Svg + "title", "Loss and accuracy by epoch"), Element("rect", ("width", "100%"), ("height", "100%"), ("fill", "#ffffff")));
        root.Add(Chart(0, "Loss", double.PositiveInfinity, epochs, epoch => epoch.TrainingLoss, epoch => epoch.ValidationLoss));
        root.Add(Chart(Width, "Accuracy", 1, epochs, epoch => epoch.TrainingAccuracy, epoch => epoch.ValidationAccuracy));
        return root.ToString();
    }

    private static XElement Chart(
        int offset, string title, double limit, IReadOnlyList<EpochRecord> epochs, Func<EpochRecord, double?> training, Func<EpochRecord, double?> validation)
    {
        var series = new[] { (Name: "training", Color: "#1f77b4", Value: training), (Name: "validation", Color: "#d95f02", Value: validation) }
            .Select(line => (line.Name, line.Color, Figures: epochs.Select(epoch => ToDraw(line.Value(epoch))).ToArray()))
            .Where(line => line.Figures.Any(figure => figure.HasValue)).ToList();
        var x = PlotAxis.OfEpochs(epochs.Select(epoch => epoch.Epoch));
        var y = PlotAxis.OfFigures(series.SelectMany(line => line.Figures).OfType<double>(), limit);
        var chart = Element("g", ("transform", $"translate({offset} 0)"));
        chart.Add(Text(title, (Left + Width - Right) / 2, 24, "middle", ("font-size", 15), ("font-weight", "bold")));
        chart.Add(Axes(x, y));
        if (series.Count == 0)
            chart.Add(Text("no figures", (Left + Width - Right) / 2, (Top + Height - Bottom) / 2, "middle"));
        for (var i = 0; i < series.Count; i++)
        {
            var (name, color, figures) = series[i];
            var legend = (Left + Width - Right) / 2 + (i * 2 - series.Count) * 50 + 8;  // beneath the title, 100 pixels each
            chart.Add(Element("line", ("x1", legend), ("y1", 44), ("x2", legend + 20), ("y2", 44), ("stroke", color), ("stroke-width", 2)));
            chart.Add(Text(name, legend + 26, 48, "start"));
            chart.Add(Curve(epochs, figures, color, x, y));
        }
        return chart;
    }

    private static IEnumerable<XElement> Axes(PlotAxis x, PlotAxis y)
    {
        foreach (var tick in y.Ticks())
        {
            yield return Element("line", ("x1", Left), ("y1", Y(y, tick)), ("x2", Width - Right), ("y2", Y(y, tick)), ("stroke", "#e4e4e4"));
            yield return Text(y.Label(tick), Left - 8, Y(y, tick) + 4, "end");
        }
        foreach (var tick in x.Ticks())
        {
            yield return Element("line", ("x1", X(x, tick)), ("y1", Height - Bottom), ("x2", X(x, tick)), ("y2", Height - Bottom + 5), ("stroke", "#333333"));
            yield return Text(x.Label(tick), X(x, tick), Height - Bottom + 19, "middle");
        }
        yield return Element("path", ("d", $"M{Left} {Top}V{Height - Bottom}H{Width - Right}"), ("fill", "none"), ("stroke", "#333333"));
        yield return Text("epoch", (Left + Width - Right) / 2, Height - 10, "middle");
    }

    /// <summary>A line through neighbouring figures, and a marker at each where they are few or stand alone.</summary>
    private static XElement Curve(IReadOnlyList<EpochRecord> epochs, double?[] figures, string color, PlotAxis x, PlotAxis y)
    {
        var path = new StringBuilder();
        var group = Element("g");
        for (var i = 0; i < figures.Length; i++)
        {
            if (figures[i] is not { } figure)
                continue;
            var (left, top) = (X(x, epochs[i].Epoch), Y(y, figure));
            var (follows, leads) = (i > 0 && figures[i - 1].HasValue, i + 1 < figures.Length && figures[i + 1].HasValue);
            path.Append(CultureInfo.InvariantCulture, $"{(follows ? 'L' : 'M')}{left} {top}");
            if (figures.Length <= MostMarkers || !(follows || leads))
                group.Add(Element("circle", ("cx", left), ("cy", top), ("r", 2.5), ("fill", color)));
        }
        group.AddFirst(Element("path", ("d", path), ("fill", "none"), ("stroke", color), ("stroke-width", 2), ("stroke-linejoin", "round")));
        return group;
    }

    /// <summary>A figure as a float, which is what it was computed from; null where it was not measured or is not a finite number.</summary>
    private static double? ToDraw(double? value) => value is { } figure && float.IsFinite((float)figure) ? (float)figure : null;

    private static double X(PlotAxis axis, double value) => Math.Round(Left + axis.Place(value) * (Width - Left - Right), 2);

    private static double Y(PlotAxis axis, double value) => Math.Round(Height - Bottom - axis.Place(value) * (Height - Top - Bottom), 2);

    private static XElement Text(string text, double x, double y, string anchor, params ReadOnlySpan<(string Name, object Value)> more)
    {
        var element = Element("text", [("x", x), ("y", y), ("text-anchor", anchor), .. more]);
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
