using System.Globalization;
using Spectre.Console;

namespace Tlb.Examples.ImageClassifier;

/// <summary>Prints how well labelled images are classified.</summary>
internal static class EvaluationText
{
    /// <summary>Prints the metrics of scored images: the whole, each class, and which classes are taken for which.</summary>
    public static void Write(Evaluation evaluation)
    {
        if (evaluation.Measured < evaluation.Images)
            AnsiConsole.WriteLine(FormattableString.Invariant($"measured on {evaluation.Measured:N0} of {evaluation.Images:N0} images: the others can't be read"));
        AnsiConsole.WriteLine(FormattableString.Invariant(
            $"accuracy {evaluation.Accuracy:P2}, top-5 {evaluation.Top5Accuracy:P2}, macro accuracy {evaluation.MacroAccuracy:P2}, log-loss {evaluation.LogLoss:F4}"));
        ClassTables.Write(evaluation);
    }

    /// <summary>Prints whether probabilities are what they say.</summary>
    public static void Write(Calibration calibration)
    {
        AnsiConsole.WriteLine(FormattableString.Invariant($"expected calibration error {calibration.Error:P2} ({Calibration.BinCount} bins); images by the probability of the predicted class:"));
        var table = new Table().AddColumn("probability").AddColumns(Numbers("images"), Numbers("mean"), Numbers("accuracy"));
        foreach (var bin in calibration.Bins.Where(bin => bin.Images > 0))
            table.AddRow(FormattableString.Invariant($"{100 * bin.From:F1} to {100 * bin.To:F1} %"), $"{bin.Images}", Share(bin.Confidence), Share(bin.Accuracy));
        AnsiConsole.Write(table);

        static TableColumn Numbers(string name) => new TableColumn(name).RightAligned();
    }

    /// <summary>A share as text; – where there is none.</summary>
    public static string Share(double? share) => share?.ToString("P1", CultureInfo.InvariantCulture) ?? "–";
}
