using System.Globalization;
using System.Xml.Linq;

namespace Tlb.Core.Tests;

public sealed class HistoryPlotTests
{
    [Fact]
    public void Curves_go_through_their_figures()
    {
        var svg = Draw([(2.0, 0.25, 1.5, 0.5), (1.0, 0.5, 1.25, 0.75), (0.5, 0.75, 1.5, 1.0)]);
        // The loss axis goes from 0.5 at 292 pixels to 2 at 62, the accuracy axis from 20 to 100 %; epochs 1 to 3 are 189 pixels apart.
        Assert.Equal(
            ["M62 62L251 215.33L440 292", "M62 138.67L251 177L440 138.67", "M62 277.62L251 205.75L440 133.88", "M62 205.75L251 133.88L440 62"],
            Curves(svg));
        Assert.Equal(["Loss", "0.5", "1.0", "1.5", "2.0", "1", "2", "3", "epoch", "training", "validation"], Texts(svg, chart: 0));
        Assert.Equal(["Accuracy, %", "20", "40", "60", "80", "100", "1", "2", "3", "epoch", "training", "validation"], Texts(svg, chart: 1));
    }

    [Fact]
    public void One_epoch_is_a_marker_between_ticks()
    {
        var svg = Draw([(2.0, 1.0, null, null)]);
        Assert.Equal(["M251 177", "M251 62"], Curves(svg));
        Assert.Equal([("251", "177"), ("251", "62")], Markers(svg));
        Assert.Equal(["Accuracy, %", "90", "92", "94", "96", "98", "100", "1", "epoch", "training"], Texts(svg, chart: 1));
    }

    [Fact]
    public void The_best_epoch_is_marked()
    {
        var svg = Draw([(2, 0.1, 2, 0.25), (1, 0.2, 1, 0.5), (0.5, 0.3, 1.5, 0.25)], best: 2);
        foreach (var chart in svg.Elements(Name("g")))
        {
            var mark = Named(chart, "line").Single(line => line.Attribute("stroke-dasharray") is not null);
            Assert.Equal(("251", "251"), (mark.Attribute("x1")!.Value, mark.Attribute("x2")!.Value));   // in the middle of three
            Assert.Contains("best: 2", Named(chart, "text").Select(text => text.Value));
        }
        Assert.DoesNotContain("best", Draw([(2, 0.1, 2, 0.25)]).Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_validation_there_is_no_such_curve_and_no_word_of_it()
    {
        var svg = Draw([(2, 0.1, null, null), (1, 0.2, null, null)]);
        Assert.Equal(2, Curves(svg).Count);
        Assert.DoesNotContain("validation", svg.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Figures_that_are_no_numbers_leave_gaps()
    {
        var svg = Draw(
            [(2, 0.2, 3, 0.3), (double.NaN, 0.3, null, 0.4), (1, 0.4, 2, double.NaN), (double.PositiveInfinity, 0.5, double.NaN, 0.5), (1e300, 0.6, 2, 0.5), (1, 0.6, 2, 0.5)]);
        Assert.Equal(["MMM", "MMML", "MLLLLL", "MLMLL"], Curves(svg).Select(path => string.Concat(path.Where(char.IsLetter))));
        Assert.DoesNotContain("NaN", svg.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Long_runs_have_markers_only_where_a_figure_stands_alone()
    {
        var svg = Draw([.. Enumerable.Range(0, 100).Select(i => ((double, double, double?, double?))(i is 49 or 51 ? double.NaN : i, 0.5, null, null))]);
        Assert.Single(Markers(svg));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1e-30, 3e-30)]
    [InlineData(5e-324, 0)]
    [InlineData(-2, 2)]
    [InlineData(1e38, -1e38)]
    [InlineData(1, 1.0000001)]
    [InlineData(0.693147, 0.693151)]
    [InlineData(123456, 123457)]
    [InlineData(double.NaN, double.NaN)]
    public void Any_figures_stay_within_the_chart_between_a_few_different_ticks(double first, double second)
    {
        var svg = Draw([(first, 0, null, null), (second, 0, null, null)]);
        Assert.All(Markers(svg), marker => Assert.InRange(double.Parse(marker.Y, CultureInfo.InvariantCulture), 62, 292));
        var ticks = Texts(svg, chart: 0).Skip(1).TakeWhile(text => text != "epoch").SkipLast(2).ToList();
        Assert.InRange(ticks.Count, 3, 9);
        Assert.Equal(ticks.Distinct(), ticks);
        Assert.All(ticks, tick => Assert.InRange(tick.Length, 1, 9));
    }

    [Fact]
    public void No_epochs_and_no_figures_say_so()
    {
        Assert.Contains("no values", Texts(Draw([]), chart: 0));
        var svg = Draw([(double.NaN, 0.5, null, null)]);
        Assert.Contains("no values", Texts(svg, chart: 0));
        Assert.DoesNotContain("no values", Texts(svg, chart: 1));
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(10, 10)]
    [InlineData(30, 6)]
    [InlineData(1000, 10)]
    public void Epochs_have_at_most_11_ticks_at_whole_numbers(int count, int ticks)
    {
        var svg = Draw([.. Enumerable.Repeat<(double, double, double?, double?)>((1, 0.5, null, null), count)]);
        var labels = Texts(svg, chart: 1, anchor: "middle").Skip(1).SkipLast(1).ToList();    // between the titles
        Assert.Equal(ticks, labels.Count);
        Assert.All(labels, label => Assert.InRange(int.Parse(label, CultureInfo.InvariantCulture), 1, count));
    }

    [Fact]
    public void The_culture_does_not_matter()
    {
        var culture = CultureInfo.CurrentCulture;
        var expected = Draw([(2.5, 0.25, 1.5, 0.5), (1, 0.5, 1, 0.75)]).ToString();
        try
        {
            CultureInfo.CurrentCulture = new("de-DE");
            Assert.Equal(expected, Draw([(2.5, 0.25, 1.5, 0.5), (1, 0.5, 1, 0.75)]).ToString());
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    private static XElement Draw(IReadOnlyList<(double Loss, double Accuracy, double? ValidationLoss, double? ValidationAccuracy)> metrics, int? best = null)
    {
        var history = new TrainingHistory
        {
            Epochs = [.. metrics.Select((figure, i) => new EpochRecord
            {
                Epoch = i + 1, TrainingLoss = figure.Loss, TrainingAccuracy = figure.Accuracy, ValidationLoss = figure.ValidationLoss,
                ValidationAccuracy = figure.ValidationAccuracy, LearningRate = 0.001f, ImagesPerSecond = 100, Elapsed = TimeSpan.FromSeconds(i), IsBest = i + 1 == best,
            })],
        };
        return XElement.Parse(history.ToSvg());
    }

    private static List<string> Curves(XElement svg) =>
        [.. Named(svg, "path").Where(path => path.Attribute("stroke-width")?.Value == "2").Select(path => path.Attribute("d")!.Value)];

    private static List<(string X, string Y)> Markers(XElement svg) =>
        [.. Named(svg, "circle").Select(circle => (circle.Attribute("cx")!.Value, circle.Attribute("cy")!.Value))];

    private static List<string> Texts(XElement svg, int chart, string? anchor = null) =>
        [.. Named(svg.Elements(Name("g")).ElementAt(chart), "text").Where(text => anchor is null || text.Attribute("text-anchor")!.Value == anchor).Select(text => text.Value)];

    private static IEnumerable<XElement> Named(XElement svg, string name) => svg.Descendants(Name(name));

    private static XName Name(string name) => XName.Get(name, "http://www.w3.org/2000/svg");
}
