using System.CommandLine;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Tlb.ML;

namespace Tlb.Examples.ImageFolder;

/// <summary><c>score --model FILE.zip --data FOLDER --output FILE.csv</c>: images with labels or without.</summary>
internal static class ScoreCommand
{
    private static readonly Option<string> Model = new("--model") { Description = "The model file.", Required = true };
    private static readonly Option<string> Data = new("--data") { Description = "The folder of images to score, at any depth.", Required = true };
    private static readonly Option<string> Output = new("--output") { Description = "The CSV file to write: path, predicted label, score of each class.", Required = true };
    private static readonly Option<bool> SkipBadImages = new("--skip-bad-images") { Description = "Report images that can't be read and go on without them." };

    public static Command Create()
    {
        var command = new Command("score", "Scores a folder of images with a saved model.") { Model, Data, Output, SkipBadImages };
        command.SetAction(arguments => Run(arguments));
        return command;
    }

    private static int Run(ParseResult arguments)
    {
        var target = ModelFiles.CheckTarget(arguments.GetRequiredValue(Output));
        var skip = arguments.GetValue(SkipBadImages);
        var ml = new MLContext();
        var model = ml.Model.Load(arguments.GetRequiredValue(Model), out _);
        if (skip)
            foreach (var tlb in TlbStages.Of(model))
                tlb.BadImageCallback = Report.BadImage;
        var images = ImageRows.All(arguments.GetRequiredValue(Data), skip);
        var scored = model.Transform(ml.Data.LoadFromEnumerable(images));

        var (labelled, correct) = (0, 0);
        var names = Report.ClassNames(scored.Schema["Score"]);
        ModelFiles.Write(target, path => (labelled, correct) = WriteCsv(path, scored, images, names));
        Console.WriteLine($"Scored {images.Count:N0} images into {target}.");
        if (labelled > 0)
            Console.WriteLine(FormattableString.Invariant($"accuracy {(double)correct / labelled:P2} ({correct:N0} of {labelled:N0} images in sub-folders named as classes)"));
        return 0;
    }

    /// <summary>Writes a line for each image, and counts those whose sub-folder is the predicted class.</summary>
    private static (int Labelled, int Correct) WriteCsv(string path, IDataView scored, IReadOnlyList<ImageFile> images, string[] names)
    {
        using var writer = new StreamWriter(path);
        writer.WriteLine(string.Join(',', names.Select(name => Quote($"score {name}")).Prepend("predicted label").Prepend("path")));
        var (labelled, correct, row) = (0, 0, 0);
        var known = names.ToHashSet(StringComparer.Ordinal);
        var predictedColumn = scored.Schema["PredictedLabel"];
        var scoreColumn = scored.Schema["Score"];
        using var cursor = scored.GetRowCursor([predictedColumn, scoreColumn]);
        var getPredicted = cursor.GetGetter<ReadOnlyMemory<char>>(predictedColumn);
        var getScore = cursor.GetGetter<VBuffer<float>>(scoreColumn);
        ReadOnlyMemory<char> predicted = default;
        VBuffer<float> score = default;
        while (cursor.MoveNext())
        {
            getPredicted(ref predicted);
            getScore(ref score);
            var image = images[row++];
            writer.Write($"{Quote(image.ImagePath)},{Quote(predicted.ToString())}");
            foreach (var value in score.DenseValues())
                writer.Write(string.Create(CultureInfo.InvariantCulture, $",{value}"));
            writer.WriteLine();
            if (!known.Contains(image.Label))
                continue;
            labelled++;
            if (predicted.Span.SequenceEqual(image.Label))
                correct++;
        }
        return (labelled, correct);
    }

    private static string Quote(string text) =>
        text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
