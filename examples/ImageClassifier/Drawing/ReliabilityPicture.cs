using System.Xml.Linq;
using static Tlb.Examples.ImageClassifier.SvgParts;

namespace Tlb.Examples.ImageClassifier;

/// <summary>Whether probabilities are what they say, as a picture (reliability diagram; Guo et al., 2017): a bar for each bin, as high as its accuracy, beside the line of those that are.</summary>
internal static class ReliabilityPicture
{
    private const int Side = 300;
    private const int Left = 56;
    private const int Top = 16;
    private const int Tick = 20;                                             // per cent
    private const double Percent = 100;

    /// <summary>Draws it.</summary>
    public static XElement Draw(Calibration calibration)
    {
        var root = Picture(Left + Side + 24, Top + Side + 52, 12);
        for (var tick = 0; tick <= Percent; tick += Tick)
            root.Add(
                Element("line", ("class", "grid"), ("x1", Left), ("y1", Y(tick / Percent)), ("x2", Left + Side), ("y2", Y(tick / Percent)), ("stroke", "#e4e4e4")),
                Text($"{tick}", Left - 8, Y(tick / Percent) + 4, ("text-anchor", "end")),
                Text($"{tick}", X(tick / Percent), Top + Side + 18, ("text-anchor", "middle")));
        foreach (var bin in calibration.Bins.Where(bin => bin.Images > 0))
            root.Add(Element("rect", ("class", "cell"), ("x", X(bin.From) + 1), ("y", Y(bin.Accuracy)), ("width", X(bin.To) - X(bin.From) - 2), ("height", Y(0) - Y(bin.Accuracy)), ("fill", "#08306b"), ("fill-opacity", 0.75)).With(
                Element("title").With(FormattableString.Invariant($"{bin.From:P1} to {bin.To:P1}: {bin.Images:N0} images, probability {bin.Confidence:P1} in the mean, {bin.Accuracy:P1} of them right"))));
        return root.With(
            Element("line", ("class", "line"), ("x1", X(0)), ("y1", Y(0)), ("x2", X(1)), ("y2", Y(1)), ("stroke", "#333333"), ("stroke-dasharray", "4 3")),
            Element("path", ("class", "line"), ("d", FormattableString.Invariant($"M{X(0)} {Y(1)}V{Y(0)}H{X(1)}")), ("fill", "none"), ("stroke", "#333333")),
            Text("probability of the predicted class, %", X(0.5), Top + Side + 38, ("text-anchor", "middle")),
            Text("of them right, %", 0, 0, ("text-anchor", "middle"), ("transform", FormattableString.Invariant($"translate(16 {Y(0.5)}) rotate(-90)"))));
    }

    private static double X(double share) => Math.Round(Left + share * Side, 2);

    private static double Y(double share) => Math.Round(Top + (1 - share) * Side, 2);
}
