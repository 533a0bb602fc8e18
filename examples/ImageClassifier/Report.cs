using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Spectre.Console;

namespace Tlb.Examples.ImageClassifier;

/// <summary>Prints what came out.</summary>
internal static class Report
{
    /// <summary>Prints what ML.NET's log says, if it is a warning.</summary>
    public static void Warning(LoggingEventArgs message)
    {
        if (message.Kind != ChannelMessageKind.Warning)
            return;
        ErrorLine.Write($"warning: {message.RawMessage}");
    }

    /// <summary>Prints the metrics of scored images: the whole, each class, and which classes are taken for which.</summary>
    public static void Metrics(Evaluation evaluation)
    {
        if (evaluation.Measured < evaluation.Images)
            AnsiConsole.WriteLine(FormattableString.Invariant($"measured on {evaluation.Measured:N0} of {evaluation.Images:N0} images: the others can't be read"));
        AnsiConsole.WriteLine(FormattableString.Invariant(
            $"accuracy {evaluation.Accuracy:P2}, top-5 {evaluation.Top5Accuracy:P2}, macro accuracy {evaluation.MacroAccuracy:P2}, log-loss {evaluation.LogLoss:F4}"));
        ClassTables.Write(evaluation);
    }

    /// <summary>Prints whether probabilities are what they say.</summary>
    public static void Calibration(Calibration calibration)
    {
        AnsiConsole.WriteLine(FormattableString.Invariant($"expected calibration error {calibration.Error:P2} ({ImageClassifier.Calibration.BinCount} bins); images by the probability of the predicted class:"));
        var table = new Table().AddColumn("probability").AddColumns(Numbers("images"), Numbers("mean"), Numbers("accuracy"));
        foreach (var bin in calibration.Bins.Where(bin => bin.Images > 0))
            table.AddRow(FormattableString.Invariant($"{100 * bin.From:F1} to {100 * bin.To:F1} %"), $"{bin.Images}", Share(bin.Confidence), Share(bin.Accuracy));
        AnsiConsole.Write(table);

        static TableColumn Numbers(string name) => new TableColumn(name).RightAligned();
    }

    /// <summary>The classes' names, in the order of the scores.</summary>
    public static string[] ClassNames(DataViewSchema.Column score)
    {
        VBuffer<ReadOnlyMemory<char>> names = default;
        score.GetSlotNames(ref names);
        return [.. names.DenseValues().Select(name => name.ToString())];
    }

    /// <summary>A share as text; – where there is none.</summary>
    public static string Share(double? share) => share?.ToString("P1", CultureInfo.InvariantCulture) ?? "–";
}
