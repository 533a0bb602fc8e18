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
    /// <param name="ml">The context.</param>
    /// <param name="model">The model: all stages.</param>
    /// <param name="tlb">Its network.</param>
    /// <param name="modelName">The model's file, without its folder.</param>
    /// <param name="folder">The folder of the images that were measured on.</param>
    /// <param name="images">Those images.</param>
    /// <param name="evaluation">What was measured on them.</param>
    /// <param name="command">The command that was given.</param>
    /// <param name="cancellation">Ends it early.</param>
    public static ReportContent Of(
        MLContext ml, ITransformer model, TlbTransformer tlb, string modelName, string folder, IReadOnlyList<ImageFile> images, Evaluation evaluation, string command, CancellationToken cancellation)
    {
        var history = tlb.Model.History;
        return new()
        {
            ModelName = modelName,
            Evaluation = evaluation,
            MeasuredOn = FormattableString.Invariant($"{evaluation.Measured:N0} images of {NameOf(folder)}"),
            Curves = history.Epochs.Count > 0 ? XElement.Parse(history.ToSvg()) : null,
            Mistakes = Mistakes(ml, model, tlb, folder, images, evaluation, cancellation),
            TrainingImages = null,
            ModelCard = [.. Facts(tlb)],
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

    /// <summary>The last part of a folder's path.</summary>
    public static string NameOf(string folder) => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));

    private static XElement? Mistakes(
        MLContext ml, ITransformer model, TlbTransformer tlb, string folder, IReadOnlyList<ImageFile> images, Evaluation evaluation, CancellationToken cancellation)
    {
        var chosen = evaluation.Mistakes.Take(MostMistakes).Select(mistake => images[(int)mistake.Index]).ToList();
        if (chosen.Count == 0)
            return null;
        var explained = Explanations.Of(ml, model, tlb, chosen, cancellation);
        var sheet = new ExplanationSheet(FormattableString.Invariant($"{explained.Count} of {evaluation.Mistakes.Count:N0} mistakes"), explained.Count, states: 0);
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
