using System.Xml.Linq;

namespace Tlb.Core.Tests;

public sealed class LearningRateCurveTests
{
    // Two decades with the lowest smoothed loss at 0.1, and an explosion at the end.
    private static readonly LearningRateCurve Curve = new([new(0.01f, 4, 4), new(0.03125f, 3, 3.5), new(0.1f, 2, 3), new(1, 1e9, 1e7)]);

    [Fact]
    public void Csv_has_a_line_per_step_whatever_the_culture()
    {
        var culture = System.Globalization.CultureInfo.CurrentCulture;
        try
        {
            System.Globalization.CultureInfo.CurrentCulture = new("de-DE");
            using var writer = new StringWriter();
            Curve.WriteCsv(writer);
            Assert.Equal("learning_rate,loss,smoothed_loss\n0.01,4,4\n0.03125,3,3.5\n0.1,2,3\n1,1000000000,10000000\n", writer.ToString());
        }
        finally
        {
            System.Globalization.CultureInfo.CurrentCulture = culture;
        }
    }

    [Fact]
    public void The_drawing_has_decades_the_losses_and_the_suggestion()
    {
        var svg = XElement.Parse(Curve.ToSvg());
        // Decades are 189 pixels apart from 62; losses go from 2 at 292 pixels to 4 at 62; log10(0.03125) is -1.50515.
        Assert.Equal(
            ["M62 62L155.53 177L251 292L440 62", "M62 62L155.53 119.5L251 177L440 62"],
            Elements(svg, "path").Where(path => path.Attribute("stroke-width")?.Value == "2").Select(path => path.Attribute("d")!.Value));
        Assert.Equal(
            ["Loss", "2.0", "2.5", "3.0", "3.5", "4.0", "1e-2", "1e-1", "1e0", "learning rate", "each step", "smoothed", "suggested: 1.0e-2"],
            Elements(svg, "text").Select(text => text.Value));
        Assert.Equal("62", Assert.Single(Elements(svg, "line"), line => line.Attribute("stroke-dasharray") is not null).Attribute("x1")!.Value);
    }

    [Fact]
    public void Without_a_suggestion_nothing_is_marked()
    {
        var svg = XElement.Parse(new LearningRateCurve([new(0.01f, 1, 1)]).ToSvg());
        Assert.DoesNotContain("suggested", svg.Value, StringComparison.Ordinal);
        Assert.Equal(["1e-2"], Elements(svg, "text").Select(text => text.Value).Where(text => text.StartsWith("1e", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_suggestion_below_all_rates_is_within_the_drawing()
    {
        var svg = XElement.Parse(new LearningRateCurve([new(0.1f, 4, 4), new(0.2f, 3, 3), new(1, 5, 5)]).ToSvg());
        Assert.Equal(["1e-2", "1e-1", "1e0"], Elements(svg, "text").Select(text => text.Value).Where(text => text.StartsWith("1e", StringComparison.Ordinal)));
        Assert.Contains("suggested: 2.0e-2", svg.Value, StringComparison.Ordinal);
    }

    private static IEnumerable<XElement> Elements(XElement svg, string name) => svg.Descendants(XName.Get(name, "http://www.w3.org/2000/svg"));
}
