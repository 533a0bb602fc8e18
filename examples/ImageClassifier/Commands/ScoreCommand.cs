using System.CommandLine;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Tlb.ML;

namespace Tlb.Examples.ImageClassifier;

/// <summary><c>score --model FILE.zip --data FOLDER --output FILE.csv</c>: images with labels or without.</summary>
internal static class ScoreCommand
{
    private static readonly ProgramOption<string> Model = new("--model", "The model file.") { Required = true, HelpName = "file" };
    private static readonly ProgramOption<string> Data = new("--data", "The folder of images to score, at any depth.") { Required = true, HelpName = "folder" };
    private static readonly ProgramOption<string> Output = new("--output", "The CSV file to write: full path, predicted label, score of each class. - for standard output.") { Required = true, HelpName = "file" };

    private static readonly ProgramOption<bool> RawNames = new("--raw-names", "Writes names as they are. Else one that a spreadsheet would take for a formula, as it begins with =, +, - or @, has an apostrophe before it.");

    /// <summary>
    /// Rows leave small garbage behind, which .NET lets grow to the size of the processor's cache, 50 MB and more. Collected at once it is
    /// cheap, and the memory doesn't depend on the number of files.
    /// </summary>
    private const int RowsPerCollection = 250;

    public static Command Create()
    {
        var command = new Command("score", "Scores a folder of images with a saved model.") { Model, Data, Output, ImageRows.SkipBadImages, ImageRows.MaxPixels, RawNames, ComputeSettings.Device, ComputeSettings.Precision, ComputeSettings.WorkMemory, ComputeSettings.Mirror };
        command.SetCancellableAction(Run);
        return command;
    }

    private static int Run(ParseResult arguments, CancellationToken cancellation)
    {
        var output = ImageClassifier.Output.CheckText("--output", arguments.GetRequiredValue(Output));
        ImageClassifier.Output.ThrowIfSame(("--output", output.Path), ("--model", arguments.GetRequiredValue(Model)));
        var ml = new MLContext();
        var model = ComputeSettings.Load(ml, arguments.GetRequiredValue(Model), arguments);
        foreach (var tlb in ModelStages.Networks(model))
            tlb.BadImageCallback = LeftOut.Callback(arguments.GetValue(ImageRows.SkipBadImages));
        var folder = Path.GetFullPath(arguments.GetRequiredValue(Data));
        var scored = model.Transform(ml.Data.LoadFromEnumerable(ImageRows.Stream(folder, arguments)));

        var (count, labelled, correct) = (0, 0, 0);
        var names = ScoreNames.Of(scored);
        output.WriteText(writer => (count, labelled, correct) = WriteCsv(writer, scored, folder, names, arguments.GetValue(RawNames), cancellation));
        Console.WriteLine($"Scored {count:N0} images into {output}.");
        if (labelled > 0)
            Console.WriteLine(FormattableString.Invariant($"accuracy {(double)correct / labelled:P2} ({correct:N0} of {labelled:N0} images in sub-folders named as classes)"));
        return 0;
    }

    /// <summary>Writes a line for each image, and counts those whose sub-folder is the predicted class.</summary>
    private static (int Count, int Labelled, int Correct) WriteCsv(TextWriter writer, IDataView scored, string folder, string[] names, bool isRaw, CancellationToken cancellation)
    {
        writer.WriteLine(string.Join(',', names.Select(name => CsvText.Cell($"score {name}", isRaw)).Prepend("predicted label").Prepend("path")));
        var (count, labelled, correct) = (0, 0, 0);
        var known = names.ToHashSet(StringComparer.Ordinal);
        DataViewSchema.Column imageColumn = scored.Schema["ImagePath"], predictedColumn = scored.Schema["PredictedLabel"], scoreColumn = scored.Schema["Score"];
        using var cursor = scored.GetRowCursor([imageColumn, predictedColumn, scoreColumn]);
        var getImage = cursor.GetGetter<ReadOnlyMemory<char>>(imageColumn);
        var getPredicted = cursor.GetGetter<ReadOnlyMemory<char>>(predictedColumn);
        var getScore = cursor.GetGetter<VBuffer<float>>(scoreColumn);
        ReadOnlyMemory<char> image = default, predicted = default;
        VBuffer<float> score = default;
        Span<char> number = stackalloc char[32];                             // a float takes 16 at most
        while (cursor.MoveNext())
        {
            cancellation.ThrowIfCancellationRequested();
            getImage(ref image);
            getPredicted(ref predicted);
            getScore(ref score);
            if (float.IsNaN(score.GetItemOrDefault(0)))
                continue;                                                    // it can't be read: it was told as left out
            count++;
            var file = image.ToString();
            writer.Write(CsvText.Cell(file, isRaw));
            writer.Write(',');
            writer.Write(CsvText.Cell(predicted.ToString(), isRaw));
            foreach (var value in score.DenseValues())
            {
                value.TryFormat(number, out var length, provider: CultureInfo.InvariantCulture);
                writer.Write(',');
                writer.Write(number[..length]);
            }
            writer.WriteLine();
            if (count % RowsPerCollection == 0)
                GC.Collect(1);
            var label = ImageRows.LabelOf(folder, file);
            if (!known.Contains(label))
                continue;
            labelled++;
            if (predicted.Span.SequenceEqual(label))
                correct++;
        }
        return count > 0 ? (count, labelled, correct) : throw new ArgumentException($"The folder '{folder}' holds no usable images.");
    }
}
