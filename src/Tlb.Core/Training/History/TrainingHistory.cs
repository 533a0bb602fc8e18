using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tlb.Core;

/// <summary>The metrics of a training run, epoch by epoch: as JSON, as a table, and as curves.</summary>
public sealed class TrainingHistory
{
    /// <summary>The epochs in the order they were run; empty for a run of none.</summary>
    /// <exception cref="ArgumentException">The list, or an epoch in it, is null.</exception>
    public required IReadOnlyList<EpochRecord> Epochs
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            if (value.Contains(null!))
                throw new ArgumentException("An epoch is null; expected a record of each.", nameof(value));
            field = [.. value];
        }
    }

    /// <summary>What computed, such as <c>vector kernels (512-bit, 2 threads)</c> or the device and its precision; null where that is not known.</summary>
    public string? Engine { get; init; }

    /// <summary>
    /// The epoch whose weights the training returned: the last, or the best where <see cref="EarlyStopping.RestoreBestWeights"/> is set
    /// or the run was cancelled. Null where they are of no epoch's end.
    /// </summary>
    public int? ReturnedEpoch { get; init; }

    /// <summary>The best epoch by the metric that was watched; null if none was. Its weights were returned only where <see cref="ReturnedEpoch"/> says so.</summary>
    [JsonIgnore]
    public EpochRecord? Best => Epochs.LastOrDefault(epoch => epoch.IsBest);

    /// <summary>The same, with what computed it.</summary>
    internal TrainingHistory On(string engine) => new() { Epochs = Epochs, ReturnedEpoch = ReturnedEpoch, Engine = engine };

    /// <summary>The history as JSON, from which <see cref="FromJson"/> makes exactly the same.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, HistoryJson.Default.TrainingHistory);

    /// <summary>Reads what <see cref="ToJson"/> wrote. Members of a later version are passed over.</summary>
    /// <param name="json">The JSON text.</param>
    /// <exception cref="FormatException">The text is not a training history; the message says where.</exception>
    public static TrainingHistory FromJson(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        try
        {
            return JsonSerializer.Deserialize(json, HistoryJson.Default.TrainingHistory) is { Epochs: { } epochs } history && !epochs.Contains(null!)
                ? history
                : throw new FormatException("The training history is null, or an epoch of it is.");
        }
        catch (Exception error) when (error is JsonException or ArgumentException)
        {
            throw new FormatException($"The training history can't be read: {error.Message}", error);
        }
    }

    /// <summary>Writes a table for spreadsheets and pandas: a header line, then a line per epoch. What was not measured is left empty.</summary>
    /// <param name="path">The file; one that exists is replaced when the new one is complete.</param>
    public void WriteCsv(string path) => OutputFile.WriteText(path, WriteCsv);

    /// <summary>Writes the same table as <see cref="WriteCsv(string)"/>, with points in numbers whatever the culture, and line feeds at line ends.</summary>
    /// <param name="writer">What to write to; it stays open.</param>
    public void WriteCsv(TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write("epoch,training_loss,training_accuracy,validation_loss,validation_accuracy,validation_top5_accuracy,validation_macro_accuracy,");
        writer.Write("learning_rate,images_per_second,elapsed_seconds,is_best\n");
        foreach (var epoch in Epochs)
        {
            writer.Write(string.Create(CultureInfo.InvariantCulture, $"{epoch.Epoch},{epoch.TrainingLoss},{epoch.TrainingAccuracy},"));
            writer.Write(string.Create(CultureInfo.InvariantCulture, $"{epoch.ValidationLoss},{epoch.ValidationAccuracy},{epoch.ValidationTop5Accuracy},{epoch.ValidationMacroAccuracy},"));
            writer.Write(string.Create(CultureInfo.InvariantCulture, $"{epoch.LearningRate},{epoch.ImagesPerSecond},{epoch.Elapsed.TotalSeconds},{(epoch.IsBest ? "true" : "false")}\n"));
        }
    }

    /// <summary>
    /// Draws two charts side by side, loss and accuracy over epochs, of the training images and, where it was measured, of the
    /// validation images. A metric that is not a finite number leaves a gap.
    /// </summary>
    /// <returns>An SVG document that needs nothing else: write it to a file and open it in a browser.</returns>
    public string ToSvg() => HistoryPlot.Draw(this);
}
