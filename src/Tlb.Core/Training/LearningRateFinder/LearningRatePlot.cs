using System.Globalization;

namespace Tlb.Core;

/// <summary>Draws the curve of a learning rate range test as SVG.</summary>
internal static class LearningRatePlot
{
    private const double MostRatio = 1.5;                                    // to the first loss: an exploding one would press the rest flat

    /// <summary>Draws losses over rates.</summary>
    public static string Draw(LearningRateCurve curve)
    {
        var points = curve.Points;
        var rates = points.Select(point => (double)point.LearningRate).ToList();
        var limit = MostRatio * points[0].Loss;
        var y = PlotAxis.OfValues(points.SelectMany(point => new[] { point.Loss, point.SmoothedLoss }).Where(loss => loss <= limit), double.PositiveInfinity);
        var chart = new SvgChart("Loss", "learning rate", PlotAxis.OfPowers(rates.Append(curve.Suggested ?? rates[0])), y);
        chart.Add(rates, ("each step", "#a6cee3", Values(point => point.Loss)), ("smoothed", "#1f77b4", Values(point => point.SmoothedLoss)));
        if (curve.Suggested is { } suggested)
            chart.Mark(suggested, string.Create(CultureInfo.InvariantCulture, $"suggested: {suggested:0.0e-0}"));
        return SvgChart.Document("Loss by learning rate", chart);

        double?[] Values(Func<LearningRatePoint, double> loss) => [.. points.Select(point => (double?)Math.Min(y.High, loss(point)))];
    }
}
