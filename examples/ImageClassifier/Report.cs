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
        if (AnsiConsole.Profile.Capabilities.Interactive)
            AnsiConsole.WriteLine($"warning: {message.RawMessage}");         // above the progress bar, which would paint over it
        else
            Console.Error.WriteLine($"warning: {message.RawMessage}");
    }

    /// <summary>Prints the metrics of scored images: the whole, each class, and which classes are taken for which.</summary>
    public static void Metrics(MLContext ml, IDataView scored)
    {
        var names = ClassNames(scored.Schema["Score"]);
        var metrics = ml.MulticlassClassification.Evaluate(scored);          // leaves out images without a score
        var (images, measured) = (scored.GetColumn<ReadOnlyMemory<char>>("ImagePath").LongCount(), metrics.ConfusionMatrix.Counts.Sum(row => row.Sum()));
        if (measured < images)
            AnsiConsole.WriteLine(FormattableString.Invariant($"measured on {measured:N0} of {images:N0} images: the others can't be read"));
        AnsiConsole.WriteLine(FormattableString.Invariant($"accuracy {metrics.MicroAccuracy:P2}, mean of the classes {metrics.MacroAccuracy:P2}, log-loss {metrics.LogLoss:F4}"));
        AnsiConsole.Write(ClassTable(metrics.ConfusionMatrix, names));
        AnsiConsole.Write(ConfusionTable(metrics.ConfusionMatrix, names));
    }

    /// <summary>The classes' names, in the order of the scores.</summary>
    public static string[] ClassNames(DataViewSchema.Column score)
    {
        VBuffer<ReadOnlyMemory<char>> names = default;
        score.GetSlotNames(ref names);
        return [.. names.DenseValues().Select(name => name.ToString())];
    }

    private static Table ClassTable(ConfusionMatrix matrix, string[] names)
    {
        var table = new Table().AddColumns("class", "images", "accuracy", "precision");
        for (var i = 0; i < names.Length; i++)
            table.AddRow(
                Markup.Escape(names[i]), Number(matrix.Counts[i].Sum()), Share(matrix.PerClassRecall[i]), Share(matrix.PerClassPrecision[i]));
        return table;
    }

    private static Table ConfusionTable(ConfusionMatrix matrix, string[] names)
    {
        var table = new Table().AddColumn("true \\ predicted").AddColumns([.. names.Select(Markup.Escape)]);
        for (var i = 0; i < names.Length; i++)
            table.AddRow([Markup.Escape(names[i]), .. matrix.Counts[i].Select(Number)]);
        return table;
    }

    private static string Number(double count) => count.ToString("F0", CultureInfo.InvariantCulture);

    private static string Share(double share) => double.IsNaN(share) ? "-" : share.ToString("P1", CultureInfo.InvariantCulture);
}
