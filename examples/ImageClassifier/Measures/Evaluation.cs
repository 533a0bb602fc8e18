using System.Globalization;
using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Tlb.Examples.ImageClassifier;

/// <summary>How well labelled images are classified: ML.NET's metrics, and what they lack.</summary>
internal sealed class Evaluation
{
    /// <summary>Of how many most probable classes one must be an image's own for <see cref="Top5Accuracy"/>.</summary>
    public const int TopCount = 5;

    private static readonly JsonWriterOptions Indented = new() { Indented = true };

    private readonly MulticlassClassificationMetrics _metrics;

    private Evaluation(string[] classNames, MulticlassClassificationMetrics metrics, Calibration calibration, IReadOnlyList<Mistake> mistakes, long images)
    {
        (ClassNames, _metrics, Calibration, Mistakes, Images) = (classNames, metrics, calibration, mistakes, images);
        Classes = [.. classNames.Select(Result)];
    }

    /// <summary>The classes' names, in the order of the scores.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>The images that there are.</summary>
    public long Images { get; }

    /// <summary>The images that could be read, and so were measured on.</summary>
    public long Measured => Counts.Sum(row => (long)row.Sum());

    /// <summary>The share of images whose predicted class is their own.</summary>
    public double Accuracy => _metrics.MicroAccuracy;

    /// <summary>The share of images whose own class is one of the five most probable.</summary>
    public double Top5Accuracy => _metrics.TopKAccuracy;

    /// <summary>The mean of the accuracies of those classes that have images.</summary>
    public double MacroAccuracy => _metrics.MacroAccuracy;

    /// <summary>The mean of the natural logarithm of what the own class's probability goes into 1.</summary>
    public double LogLoss => _metrics.LogLoss;

    /// <summary>The images of each class (the rows) that were taken for each class (the columns).</summary>
    public IReadOnlyList<IReadOnlyList<double>> Counts => _metrics.ConfusionMatrix.Counts;

    /// <summary>Each class.</summary>
    public IReadOnlyList<ClassResult> Classes { get; }

    /// <summary>Whether the probabilities are what they say.</summary>
    public Calibration Calibration { get; }

    /// <summary>The images that are taken for another class, the most confident mistake first.</summary>
    public IReadOnlyList<Mistake> Mistakes { get; }

    /// <summary>Measures.</summary>
    /// <param name="ml">The context.</param>
    /// <param name="scored">The images with their labels and scores. They are scored once.</param>
    /// <param name="cancellation">Ends it early.</param>
    public static Evaluation Of(MLContext ml, IDataView scored, CancellationToken cancellation)
    {
        var names = ScoreNames.Of(scored);
        var cached = ml.Data.Cache(scored, "Label", "Score", "PredictedLabel");
        var (calibration, mistakes, images) = Read(cached, names, cancellation);
        var metrics = ml.MulticlassClassification.Evaluate(cached, topKPredictionCount: Math.Min(TopCount, names.Length));   // leaves out images without a score
        return new(names, metrics, calibration, mistakes, images);
    }

    /// <summary>Writes a table with a line for each class.</summary>
    public void WriteCsv(TextWriter writer)
    {
        writer.WriteLine("class,images,precision,recall,f1");
        foreach (var each in Classes)
            writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{CsvText.Cell(each.Name, isRaw: false)},{each.Images},{each.Precision},{each.Recall},{each.F1}"));
    }

    /// <summary>Writes everything.</summary>
    public void WriteJson(Stream stream)
    {
        using var json = new Utf8JsonWriter(stream, Indented);
        json.WriteStartObject();
        json.WriteNumber("images", Images);
        json.WriteNumber("measured", Measured);
        json.WriteNumber("accuracy", Accuracy);
        json.WriteNumber("top5Accuracy", Top5Accuracy);
        json.WriteNumber("macroAccuracy", MacroAccuracy);
        json.WriteNumber("logLoss", LogLoss);
        json.WriteNumber("expectedCalibrationError", Calibration.Error);
        Write(json, "calibration", Calibration.Bins, bin =>
        {
            json.WriteNumber("from", bin.From);
            json.WriteNumber("to", bin.To);
            json.WriteNumber("images", bin.Images);
            Write(json, "confidence", bin.Images > 0 ? bin.Confidence : null);
            Write(json, "accuracy", bin.Images > 0 ? bin.Accuracy : null);
        });
        Write(json, "classes", Classes, each =>
        {
            json.WriteString("name", each.Name);
            json.WriteNumber("images", each.Images);
            Write(json, "precision", each.Precision);
            Write(json, "recall", each.Recall);
            Write(json, "f1", each.F1);
        });
        json.WriteStartArray("confusionMatrix");                             // a row for each true class
        foreach (var row in Counts)
        {
            json.WriteStartArray();
            foreach (var count in row)
                json.WriteNumberValue((long)count);
            json.WriteEndArray();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static (Calibration Calibration, IReadOnlyList<Mistake> Mistakes, long Images) Read(IDataView scored, string[] names, CancellationToken cancellation)
    {
        DataViewSchema.Column labelColumn = scored.Schema["Label"], scoreColumn = scored.Schema["Score"];
        var (calibration, mistakes, images) = (new Calibration(), new List<Mistake>(), 0L);
        using var cursor = scored.GetRowCursor([labelColumn, scoreColumn]);
        var getLabel = cursor.GetGetter<uint>(labelColumn);
        var getScore = cursor.GetGetter<VBuffer<float>>(scoreColumn);
        uint label = 0;
        VBuffer<float> score = default;
        float[] values = [];
        while (cursor.MoveNext())
        {
            cancellation.ThrowIfCancellationRequested();
            images++;
            getLabel(ref label);
            getScore(ref score);
            if (values.Length != score.Length)
                values = new float[score.Length];
            score.CopyTo(values);
            if (values.Length == 0 || float.IsNaN(values[0]))
                continue;                                                    // it can't be read: it was told as left out
            var most = values.Max();
            var predicted = Array.IndexOf(values, most);
            calibration.Add(most, predicted == label - 1L);
            if (predicted != label - 1L)
                mistakes.Add(new(images - 1, names[predicted], most));
        }
        return (calibration, [.. mistakes.OrderByDescending(mistake => mistake.Probability)], images);
    }

    private ClassResult Result(string name, int index)
    {
        var (images, taken, matrix) = (Counts[index].Sum(), Counts.Sum(row => row[index]), _metrics.ConfusionMatrix);
        return new(
            name, (int)images,
            taken > 0 ? matrix.PerClassPrecision[index] : null,
            images > 0 ? matrix.PerClassRecall[index] : null,
            images > 0 ? 2 * Counts[index][index] / (images + taken) : null);
    }

    private static void Write<T>(Utf8JsonWriter json, string name, IReadOnlyList<T> items, Action<T> write)
    {
        json.WriteStartArray(name);
        foreach (var item in items)
        {
            json.WriteStartObject();
            write(item);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number)
            json.WriteNumber(name, number);
        else
            json.WriteNull(name);
    }
}
