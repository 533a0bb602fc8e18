using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Xml.Linq;
using Microsoft.ML;
using Tlb.ML;

namespace Tlb.Examples.ImageClassifier;

/// <summary>Gathers what a report says of a model.</summary>
internal static class ModelReport
{
    private const int MostMistakes = 12;
    private const int MostImages = 24;

    /// <summary>Gathers it.</summary>
    /// <param name="measured">The model, the images that were measured on, and what was.</param>
    /// <param name="modelName">The model's file, without its folder.</param>
    /// <param name="folder">The folder of the images.</param>
    /// <param name="command">The command that was given.</param>
    /// <param name="cancellation">Ends it early.</param>
    public static ReportContent Of(MeasuredModel measured, string modelName, string folder, string command, CancellationToken cancellation)
    {
        var (evaluation, history) = (measured.Evaluation, measured.Network.Model.History);
        return new()
        {
            ModelName = modelName,
            Evaluation = evaluation,
            MeasuredOn = FormattableString.Invariant($"{evaluation.Measured:N0} images of {ImageRows.NameOf(folder)}"),
            Curves = history.Epochs.Count > 0 ? XElement.Parse(history.ToSvg()) : null,
            Mistakes = Mistakes(measured, folder, cancellation),
            TrainingImages = null,
            ModelCard = [.. Facts(measured.Network)],
            Options = null,
            Command = command,
        };
    }

    /// <summary>Some images of a training as it sees them.</summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="images">The training images.</param>
    /// <param name="read">Makes rows of images.</param>
    public static XElement TrainingImages(TlbTrainer trainer, IReadOnlyList<ImageFile> images, Func<IEnumerable<ImageFile>, IDataView> read)
    {
        var shown = trainer.Preview(read(Sample.Evenly(images, MostImages)), MostImages);
        return PreviewSheet.Draw(shown, FormattableString.Invariant($"{shown.Count} of {images.Count:N0} training images"));
    }

    private static XElement? Mistakes(MeasuredModel measured, string folder, CancellationToken cancellation)
    {
        var mistakes = measured.Evaluation.Mistakes;
        var chosen = mistakes.Take(MostMistakes).Select(mistake => measured.Images[(int)mistake.Index]).ToList();
        if (chosen.Count == 0)
            return null;
        var explained = Explanations.Of(measured.Context, measured.Model, measured.Network, chosen, cancellation);
        var sheet = new ExplanationSheet(FormattableString.Invariant($"{explained.Count} of {mistakes.Count:N0} mistakes"), explained.Count, states: 0);
        foreach (var (image, explanation) in explained)
            sheet.Add(explanation, image.Label, Path.GetRelativePath(folder, image.ImagePath));
        return sheet.Picture;
    }

    /// <summary>What the model itself knows, and what it is looked at with.</summary>
    private static IEnumerable<(string Name, string Value)> Facts(TlbTransformer tlb)
    {
        var (network, history) = (tlb.Model.Network, tlb.Model.History);
        yield return ("network", FormattableString.Invariant($"Temporal Latent Bottleneck (arXiv 2205.14794), {network.Form}, {tlb.Model.Weights.Layout.ValueCount:N0} parameters"));
        yield return ("images", FormattableString.Invariant($"{tlb.Model.ImageLayout.Width}x{tlb.Model.ImageLayout.Height} pixels, read at {network.ImageSize}x{network.ImageSize}"));
        yield return ("tokens", FormattableString.Invariant($"{network.TokenCount:N0} in {network.ChunkCount:N0} chunks, {network.EmbeddingDimension} wide; {network.BlockCount} blocks of {network.NumberOfHeads} heads"));
        yield return ("classes", network.NumberOfClasses.ToString("N0", CultureInfo.InvariantCulture));
        if (history.Engine is { } engine)
            yield return ("trained by", engine);
        if (history.Epochs.Count > 0)
        {
            yield return ("epochs", FormattableString.Invariant($"{history.Epochs.Count:N0}{(history.ReturnedEpoch is { } returned ? $"; the weights are those of epoch {returned}" : "")}"));
            yield return ("time", FormattableString.Invariant($"{TimeSpan.FromSeconds(Math.Round(history.Epochs[^1].Elapsed.TotalSeconds)):g}, {history.Epochs[^1].ImagesPerSecond:N0} images/s in the last epoch"));
        }
        yield return ("report made", DateTime.UtcNow.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture));
        yield return ("versions", $"Tlb.ML {Version(typeof(TlbTrainer))}, Microsoft.ML {Version(typeof(MLContext))}, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier}");
    }

    private static string Version(Type type) => type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";
}
