using System.Globalization;
using System.Xml.Linq;
using static Tlb.Examples.ImageClassifier.Html;

namespace Tlb.Examples.ImageClassifier;

/// <summary>A report as one page in HTML that needs nothing else: no script, no font, no request.</summary>
internal static class ReportPage
{
    private const string StyleSheet = "report.css";

    /// <summary>Nothing may be loaded, whatever a name of a class or a file holds.</summary>
    private const string Policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

    /// <summary>Makes it.</summary>
    public static XElement Create(ReportContent content)
    {
        var (evaluation, title) = (content.Evaluation, $"Report on {content.ModelName}");
        (string Id, string Name, XElement? Body)[] sections =
        [
            ("curves", "Training", content.Curves is { } curves ? Figure(curves, "Loss and accuracy by epoch. The dashed line: the best epoch by the metric that was watched.") : null),
            ("classes", "Classes", Classes(evaluation)),
            ("confusion", "Which class is taken for which", Figure(ConfusionPicture.Draw(evaluation, content.ModelName), "How many images of each class were taken for each.")),
            ("calibration", "Are probabilities what they say?", Calibrated(evaluation.Calibration)),
            ("mistakes", "The most confident mistakes", content.Mistakes is { } mistakes ? Figure(mistakes, "Beside each picture: what the network attended to in it.") : null),
            ("images", "Training images", content.TrainingImages is { } images ? Figure(images, "Some of the images, before and after augmentation.") : null),
            ("model", "The model", Model(content)),
            ("again", "To do it again", Element("pre", content.Command)),
        ];
        var shown = sections.Where(section => section.Body is not null).ToList();
        return Element("html", Attribute("lang", "en"),
            Element("head",
                Void("meta", Attribute("charset", "utf-8")),
                Void("meta", Attribute("name", "viewport"), Attribute("content", "width=device-width, initial-scale=1")),
                Void("meta", Attribute("http-equiv", "Content-Security-Policy"), Attribute("content", Policy)),
                Element("title", title),
                Element("style", Style())),
            Element("body",
                Element("a", Attribute("class", "skip"), Attribute("href", "#main"), "To the figures"),
                Element("header",
                    Element("h1", title),
                    Element("p", $"Measured on {content.MeasuredOn}."),
                    Element("nav", Attribute("aria-label", "Sections"), Element("ul", [.. shown.Select(section => Element("li", Element("a", Attribute("href", $"#{section.Id}"), section.Name)))]))),
                Element("main", [Attribute("id", "main"), Figures(evaluation), .. shown.Select(section => Element("section", Attribute("aria-labelledby", section.Id), Element("h2", Attribute("id", section.Id), section.Name), section.Body))])));
    }

    private static XElement Figures(Evaluation evaluation) => Element("dl", Attribute("class", "figures"),
        Figure("accuracy", Share(evaluation.Accuracy)),
        evaluation.ClassNames.Count > Evaluation.TopCount ? Figure($"top-{Evaluation.TopCount} accuracy", Share(evaluation.Top5Accuracy)) : null,
        Figure("macro accuracy", Share(evaluation.MacroAccuracy)),
        Figure("log-loss", evaluation.LogLoss.ToString("F4", CultureInfo.InvariantCulture)),
        Figure("calibration error", Share(evaluation.Calibration.Error)),
        Figure("images", Number(evaluation.Measured)));

    private static XElement Figure(string name, string value) => Element("div", Element("dt", name), Element("dd", value));

    /// <summary>A picture that can be scrolled by the keyboard where it is wider than the page.</summary>
    private static XElement Figure(XElement picture, string caption)
    {
        picture = new(picture);
        picture.SetAttributeValue("role", "img");
        picture.SetAttributeValue("aria-label", caption);
        return Element("figure", Element("div", Attribute("class", "wide"), Attribute("tabindex", 0), Attribute("role", "group"), Attribute("aria-label", caption), picture), Element("figcaption", caption));
    }

    private static XElement Classes(Evaluation evaluation) => Element("div", Attribute("class", "wide"), Attribute("tabindex", 0), Attribute("role", "group"), Attribute("aria-label", "Figures of each class"), Element("table",
        Element("thead", Element("tr", Head("class"), Head("images", "number"), Head("precision", "number"), Head("recall", "number"), Head("F1", "number"), Head("most often taken for"))),
        Element("tbody", [.. evaluation.Classes.Select((each, i) => Element("tr",
            Element("th", Attribute("scope", "row"), each.Name),
            Cell(Number(each.Images)), Cell(Share(each.Precision)), Cell(Share(each.Recall)), Cell(Share(each.F1)),
            Element("td", Confused(evaluation, i))))])));

    /// <summary>The other class that a class is taken for most often.</summary>
    private static string Confused(Evaluation evaluation, int index)
    {
        var (other, count) = evaluation.Counts[index].Index().Where(column => column.Index != index).MaxBy(column => column.Item);
        return count > 0 ? $"{evaluation.ClassNames[other]} ({Number(count)})" : "–";
    }

    private static XElement Calibrated(Calibration calibration) => Element("div",
        Element("p", $"A bar below the dashed line: such images are right less often than their probability says. Expected calibration error {Share(calibration.Error)}, in {Calibration.BinCount} bins."),
        Figure(ReliabilityPicture.Draw(calibration), "Of images by the probability of their predicted class, how many are right."));

    private static XElement Model(ReportContent content) => Element("div",
        Element("table", Attribute("class", "card"), Element("tbody", [.. content.ModelCard.Select(fact => Element("tr", Element("th", Attribute("scope", "row"), fact.Name), Element("td", fact.Value)))])),
        content.Options is { } options ? Element("details", Element("summary", "All options of the training"), Element("pre", options)) : null);

    private static XElement Head(string text, string? kind = null) => Element("th", Attribute("scope", "col"), kind is null ? null : Attribute("class", kind), text);

    private static XElement Cell(string text) => Element("td", Attribute("class", "number"), text);

    private static string Share(double? share) => EvaluationText.Share(share);

    private static string Number(double count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static string Style()
    {
        using var reader = new StreamReader(typeof(ReportPage).Assembly.GetManifestResourceStream(StyleSheet)!);
        return reader.ReadToEnd();
    }
}
