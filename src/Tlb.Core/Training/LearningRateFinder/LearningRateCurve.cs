using System.Globalization;

namespace Tlb.Core;

/// <summary>The losses of a learning rate range test: as a table, and as a curve.</summary>
public sealed class LearningRateCurve
{
    /// <summary>The rates that are tried where nothing else is said.</summary>
    public static class Defaults
    {
        /// <summary>The first rate.</summary>
        public const float Lowest = 1e-6f;

        /// <summary>The last rate.</summary>
        public const float Highest = 1;

        /// <summary>The number of rates.</summary>
        public const int StepCount = 100;
    }

    /// <summary>Makes a curve.</summary>
    /// <param name="points">The steps in the order of their rates, 1 or more.</param>
    /// <exception cref="ArgumentException">There are none.</exception>
    internal LearningRateCurve(IReadOnlyList<LearningRatePoint> points)
    {
        ArgumentNullException.ThrowIfNull(points);
        if (points.Count == 0)
            throw new ArgumentException("There are no steps; expected 1 or more.", nameof(points));
        Points = [.. points];
        Suggested = Suggest();
    }

    /// <summary>The steps in the order of their rates, 1 or more.</summary>
    public IReadOnlyList<LearningRatePoint> Points { get; }

    /// <summary>
    /// A rate to train with: a tenth of that with the lowest smoothed loss (fastai: <c>minimum</c>). The steepest descent, which others take, says
    /// little of this network: its loss falls most steeply at tiny rates, where only the bias of the last layer is learned. Null if the loss
    /// never falls below that of the first step.
    /// </summary>
    public float? Suggested { get; }

    /// <summary>Writes a table for spreadsheets and pandas: a header line, then a line per step.</summary>
    /// <param name="path">The file; one that exists is replaced when the new one is complete.</param>
    public void WriteCsv(string path) => OutputFile.WriteText(path, WriteCsv);

    /// <summary>Writes the same table as <see cref="WriteCsv(string)"/>, with points in numbers whatever the culture, and line feeds at line ends.</summary>
    /// <param name="writer">What to write to; it stays open.</param>
    public void WriteCsv(TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write("learning_rate,loss,smoothed_loss\n");
        foreach (var point in Points)
            writer.Write(string.Create(CultureInfo.InvariantCulture, $"{point.LearningRate},{point.Loss},{point.SmoothedLoss}\n"));
    }

    /// <summary>
    /// Draws the loss and the smoothed loss against the rate on a logarithmic axis, with the suggested rate. Losses above 1.5 times the first
    /// are drawn at the upper end.
    /// </summary>
    /// <returns>An SVG document that needs nothing else: write it to a file and open it in a browser.</returns>
    public string ToSvg() => LearningRatePlot.Draw(this);

    private float? Suggest()
    {
        var lowest = Points.MinBy(point => point.SmoothedLoss);
        return lowest == Points[0] ? null : lowest.LearningRate / 10;
    }
}
