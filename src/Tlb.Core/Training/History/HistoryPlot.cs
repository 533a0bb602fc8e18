namespace Tlb.Core;

/// <summary>Draws the curves of a training run as SVG.</summary>
internal static class HistoryPlot
{
    private const double Percent = 100;

    /// <summary>Draws loss and accuracy side by side, and marks the best epoch.</summary>
    public static string Draw(TrainingHistory history) => SvgChart.Document(
        "Loss and accuracy by epoch",
        Chart(history, "Loss", double.PositiveInfinity, epoch => epoch.TrainingLoss, epoch => epoch.ValidationLoss),
        Chart(history, "Accuracy, %", Percent, epoch => Percent * epoch.TrainingAccuracy, epoch => Percent * epoch.ValidationAccuracy));

    private static SvgChart Chart(TrainingHistory history, string title, double limit, Func<EpochRecord, double?> training, Func<EpochRecord, double?> validation)
    {
        var epochs = history.Epochs;
        var curves = new[] { (Name: "training", Color: "#1f77b4", Value: training), (Name: "validation", Color: "#d95f02", Value: validation) }
            .Select(curve => (curve.Name, curve.Color, Values: epochs.Select(epoch => ToDraw(curve.Value(epoch))).ToArray()))
            .Where(curve => curve.Values.Any(value => value.HasValue)).ToList();
        var x = PlotAxis.OfEpochs(epochs.Select(epoch => epoch.Epoch));
        var y = PlotAxis.OfValues(curves.SelectMany(curve => curve.Values).OfType<double>(), limit);
        var chart = new SvgChart(title, "epoch", x, y);
        chart.Add([.. epochs.Select(epoch => (double)epoch.Epoch)], curves);
        if (history.Best is { } best && curves.Count > 0)
            chart.Mark(best.Epoch, $"best: {best.Epoch}");
        return chart;
    }

    /// <summary>A value as a float, which is what it was computed from; null where it was not measured or is not a finite number.</summary>
    private static double? ToDraw(double? value) => value is { } given && float.IsFinite((float)given) ? (float)given : null;
}
