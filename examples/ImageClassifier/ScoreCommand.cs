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
    private static readonly ProgramOption<string> Output = new("--output", "The CSV file to write: path, predicted label, score of each class.") { Required = true, HelpName = "file" };
    private static readonly ProgramOption<bool> SkipBadImages = new("--skip-bad-images", "Reports images that can't be read and goes on without them.");

    /// <summary>
    /// Rows leave small garbage behind, which .NET lets grow to the size of the processor's cache, 50 MB and more. Collected at once it is
    /// cheap, and the memory doesn't depend on the number of files.
    /// </summary>
    private const int RowsPerCollection = 250;

    public static Command Create()
    {
        var command = new Command("score", "Scores a folder of images with a saved model.") { Model, Data, Output, SkipBadImages, ComputeSettings.Device, ComputeSettings.Precision, ComputeSettings.WorkMemory };
        command.SetAction(arguments => Run(arguments));
        return command;
    }

    private static int Run(ParseResult arguments)
    {
        var target = ModelFiles.CheckTarget(arguments.GetRequiredValue(Output));
        var skip = arguments.GetValue(SkipBadImages);
        var ml = new MLContext();
        var model = ComputeSettings.Load(ml, arguments.GetRequiredValue(Model), arguments);
        if (skip)
            foreach (var tlb in TlbStages.Of(model))
                tlb.BadImageCallback = Report.BadImage;
        var folder = Path.GetFullPath(arguments.GetRequiredValue(Data));
        var scored = model.Transform(ml.Data.LoadFromEnumerable(ImageRows.Stream(folder, skip)));

        var (count, labelled, correct) = (0, 0, 0);
        var names = Report.ClassNames(scored.Schema["Score"]);
        ModelFiles.Write(target, path => (count, labelled, correct) = WriteCsv(path, scored, folder, names));
        Console.WriteLine($"Scored {count:N0} images into {target}.");
        if (labelled > 0)
            Console.WriteLine(FormattableString.Invariant($"accuracy {(double)correct / labelled:P2} ({correct:N0} of {labelled:N0} images in sub-folders named as classes)"));
        return 0;
    }

    /// <summary>Writes a line for each image, and counts those whose sub-folder is the predicted class.</summary>
    private static (int Count, int Labelled, int Correct) WriteCsv(string path, IDataView scored, string folder, string[] names)
    {
        using var writer = new StreamWriter(path);
        writer.WriteLine(string.Join(',', names.Select(name => Quote($"score {name}")).Prepend("predicted label").Prepend("path")));
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
        for (; cursor.MoveNext(); count++)
        {
            getImage(ref image);
            getPredicted(ref predicted);
            getScore(ref score);
            var file = image.ToString();
            writer.Write(Quote(file));
            writer.Write(',');
            writer.Write(Quote(predicted.ToString()));
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

    private static string Quote(string text) =>
        text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
